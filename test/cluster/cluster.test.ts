import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createBuilder } from '../harness/cluster/builder.ts';
import type { Builder } from '../harness/cluster/builder.ts';
import { startCluster } from '../harness/cluster/cluster.ts';
import type { Cluster } from '../harness/cluster/cluster.ts';
import { buildImage, buildPause, IMAGE } from '../harness/cluster/images.ts';
import { PAUSE_IMAGE } from '../harness/cluster/nodeconfig.ts';
import { runProcess } from '../harness/machine/process.ts';
import { describeCluster } from '../harness/requirements.ts';
import { siteBase } from '../harness/site/site.ts';
import { POLICY, ROSTER } from './declared.ts';
import { container, daemonSet, HOST, onHost, pod } from './objects.ts';

/** Bytes. */
const LARGEST_IMAGE = 200 * 2 ** 20;

describeCluster('a cluster of real nodes', () => {
  let builder: Builder;
  let cluster: Cluster;

  beforeAll(async () => {
    builder = await createBuilder();
    await Promise.all([buildImage(builder), buildPause(builder)]);
    cluster = await startCluster({ pause: await builder.save(PAUSE_IMAGE), base: await siteBase() });
    await cluster.importImage(await builder.save(IMAGE));
  });
  afterAll(async () => {
    const names = cluster.nodes.map(({ machine }) => machine.name);
    await cluster.stop();
    await builder.destroy();
    const patterns = names.flatMap((name) => ['-o', '-name', `${name}*`]).slice(1);
    expect((await runProcess(['find', '/sys/fs/cgroup', '-type', 'd', '(', ...patterns, ')'])).stdout).toBe(
      '',
    );
  });

  const apply = (object: string) => cluster.kubectl(['apply', '--filename=-'], { input: object });
  const get = (what: string[], path: string) =>
    cluster.kubectl(['get', ...what, `--output=jsonpath={${path}}`]);
  const until = (name: string, path: string, value: string) =>
    cluster.kubectl(['wait', name, `--for=jsonpath={${path}}=${value}`, '--timeout=50s']);
  /** Exit code and output of a pod's only container, once it has ended. */
  const result = async (name: string) => {
    const path = '.status.containerStatuses[0].state.terminated.exitCode';
    await cluster.kubectl(['wait', `pod/${name}`, `--for=jsonpath={${path}}`, '--timeout=50s']);
    const [code, output] = await Promise.all([
      get([`pod/${name}`], path),
      cluster.kubectl(['logs', `pod/${name}`]),
    ]);
    return { code: Number(code), output };
  };

  it('runs a pod of a DaemonSet on each of them, and again after a reboot', async () => {
    await apply(daemonSet('waiting', container({ command: ['node', '-e', 'setInterval(() => {}, 1000)'] })));
    await cluster.kubectl(['rollout', 'status', 'daemonset/waiting', '--timeout=60s']);
    const on = (node: string) => ['pods', '--selector=app=waiting', `--field-selector=spec.nodeName=${node}`];
    const [one = '', other = ''] = await Promise.all(
      cluster.nodes.map(({ name }) => get(on(name), '.items[*].metadata.name')),
    );

    const [, rebooted] = cluster.nodes;
    if (rebooted === undefined) throw new Error('found no second node');
    await cluster.reboot(rebooted);
    await until(`pod/${other}`, '.status.containerStatuses[0].restartCount', '1');
    await until(`pod/${other}`, '.status.containerStatuses[0].ready', 'true');
    expect(await get([`pod/${one}`], '.status.containerStatuses[0].restartCount')).toBe('0');
    await cluster.kubectl(['delete', 'daemonset/waiting', '--grace-period=1']);
  });

  it('gives a pod a token that names its service account and its node', async () => {
    const secrets = '/var/run/secrets/kubernetes.io/serviceaccount';
    const ask = `
      const token = require('node:fs').readFileSync('${secrets}/token', 'utf8');
      const url = 'https://' + process.env.KUBERNETES_SERVICE_HOST + '/apis/authentication.k8s.io/v1/selfsubjectreviews';
      const headers = { authorization: 'Bearer ' + token, 'content-type': 'application/json' };
      fetch(url, { method: 'POST', headers, body: '{}' }).then((answer) => answer.text()).then(console.log);
    `;
    const env = [{ name: 'NODE_EXTRA_CA_CERTS', value: `${secrets}/ca.crt` }];
    await apply(pod('asking', container({ command: ['node', '-e', ask], env }), { nodeName: 'node-2' }));
    const { userInfo } = JSON.parse((await result('asking')).output).status;
    expect(userInfo.username).toBe('system:serviceaccount:default:default');
    expect(userInfo.extra['authentication.kubernetes.io/node-name']).toEqual(['node-2']);
  });

  describe('a pod that shares the processes and files of its node', () => {
    const run = async (name: string, node: string, command: string) => {
      const args = [command, '--roster', '/host/etc/workstation/roster.yaml'];
      await apply(pod(name, onHost(args), { ...HOST, nodeName: node }));
      return result(name);
    };

    it('onboards people there with the rights of an agent, and then has nothing more to do', async () => {
      for (const { name, machine } of cluster.nodes) {
        await machine.write('/etc/workstation/roster.yaml', ROSTER);
        await machine.write('/etc/workstation/workstation.yaml', POLICY);
        const { code, output } = await run(`apply-${name}`, name, 'apply');
        if (code !== 0) throw new Error(output);
        expect(output).toMatch(/^ada +Ready /m);
        expect(output).toMatch(/^bob +Ready /m);
        expect(await machine.output(['id', '-Gn', 'ada'])).toBe('ada docker\n');
        const look =
          'cd; stat --format=%U:%G:%a .; cat own.txt notes/welcome.txt; ls code; git -C code/tripit status --short';
        expect(await machine.output(['sh', '-c', look], { user: 'bob' })).toBe(
          'bob:bob:750\nbob\nHello bobinfra\ntripit\n',
        );
        expect(await machine.output(['systemctl', 'is-active', 't3-serve@ada'])).toBe('active\n');
        expect(await run(`plan-${name}`, name, 'plan')).toEqual({
          code: 0,
          output: 'Nothing to do: 2 people are as declared\n',
        });
      }
    });
  });

  describe('the image', () => {
    it('has nothing in it but Node, the program and what it starts itself, and is small', async () => {
      const root = await builder.mount(IMAGE);
      const look = (script: string) =>
        builder.machine.output(['sh', '-ec', `cd "$1"; ${script}`, 'sh', root]);
      const programs = await look('find . -type f -perm /111 ! -name "*.so.*" | sort');
      expect(programs.trim().split('\n')).toEqual([
        './usr/bin/flock',
        './usr/bin/nsenter',
        './usr/bin/setpriv',
        './usr/local/bin/node',
        './usr/local/bin/workstation',
      ]);
      const [size] = (await look('du --summarize --bytes .')).split('\t');
      expect(Number(size)).toBeLessThan(LARGEST_IMAGE);
    });

    it('runs on every node without root, capabilities and a file that it may write', async () => {
      for (const { name } of cluster.nodes) {
        await apply(pod(`version-${name}`, container({ args: ['version'] }), { nodeName: name }));
        expect(await result(`version-${name}`)).toEqual({ code: 0, output: `${VERSION}\n` });
      }
    });

    it('ends on SIGTERM as its container’s first process', async () => {
      await apply(pod('reading', container({ args: ['roster', 'import', '-f', '-'], stdin: true })));
      await until('pod/reading', '.status.phase', 'Running');
      const signal = ['exec', 'pod/reading', '--', 'node', '-e', SIGNAL_UNTIL_IT_ENDS];
      await expect(cluster.kubectl(signal)).rejects.toThrow('exit code');
      expect(await result('reading')).toMatchObject({ code: 143 });
    });
  });
});

describeCluster('a test process that has a cluster and is killed', () => {
  it('leaves no process, control group or network of it', async () => {
    const module = (name: string) => join(import.meta.dirname, '../harness/cluster', name);
    const script = `
      const { createBuilder } = await import('${module('builder.ts')}');
      const { buildPause } = await import('${module('images.ts')}');
      const { startCluster } = await import('${module('cluster.ts')}');
      const builder = await createBuilder();
      await buildPause(builder);
      const cluster = await startCluster({ nodes: 1, pause: await builder.save('${PAUSE_IMAGE}') });
      console.log(cluster.nodes[0].machine.name, cluster.server.url);
      setInterval(() => {}, 1000);
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const [name = '', url = ''] = line.toString().trim().split(' ');
    expect(await leftOf(name, child.pid)).not.toEqual([]);
    child.kill('SIGKILL');

    const deadline = Date.now() + 20_000;
    while ((await leftOf(name, child.pid)).length > 0 && Date.now() < deadline) await setTimeout(100);
    expect(await leftOf(name, child.pid)).toEqual([]);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });
});

/** Control groups, and processes of this machine that mention a node or the process that made it. */
async function leftOf(name: string, pid: number | undefined): Promise<string[]> {
  const groups = runProcess(['find', '/sys/fs/cgroup', '-type', 'd', '-name', `${name}*`]);
  const processes = runProcess(['pgrep', '--list-full', '--full', `${name}|workstation-test-${pid}-`]);
  const found = await Promise.all([groups, processes]);
  return found.flatMap(({ stdout }) => stdout.split('\n').filter(Boolean));
}

const { version: VERSION } = JSON.parse(readFileSync('package.json', 'utf8'));

/** Ends with the container. A signal that comes before the program has begun is lost on PID 1. */
const SIGNAL_UNTIL_IT_ENDS = 'setInterval(() => process.kill(1, "SIGTERM"), 20)';
