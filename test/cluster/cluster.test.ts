import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { IMAGE } from '../harness/cluster/images.ts';
import type { Node } from '../harness/cluster/node.ts';
import { PAUSE_IMAGE } from '../harness/cluster/nodeconfig.ts';
import { runProcess } from '../harness/machine/process.ts';
import { describeCluster } from '../harness/requirements.ts';
import { container, daemonSet, pod } from './objects.ts';
import { startStage } from './stage.ts';
import type { Stage } from './stage.ts';

/** Bytes. */
const LARGEST_IMAGE = 200 * 2 ** 20;
const { version: VERSION } = JSON.parse(readFileSync('package.json', 'utf8'));

describeCluster('a cluster of real nodes', () => {
  let stage: Stage;
  let nodes: readonly Node[];
  beforeAll(async () => {
    stage = await startStage();
    ({ nodes } = stage.cluster);
  });
  afterAll(async () => {
    const names = nodes.map(({ machine }) => machine.name);
    await stage.stop();
    const running = await lines(['ps', '-e', '-o', 'args=']);
    expect(running.filter((line) => names.some((name) => line.includes(name)))).toEqual([]);
    expect((await Promise.all(names.map(controlGroups))).flat()).toEqual([]);
  });

  it('runs a pod of a DaemonSet on each of them, and again after a reboot', async () => {
    const { apply, cluster, get, until } = stage;
    apply(daemonSet('waiting', container({ command: ['node', '-e', 'setInterval(() => {}, 1000)'] })));
    cluster.kubectl(['rollout', 'status', 'daemonset/waiting', '--timeout=60s']);
    const [one = '', other = ''] = nodes.map(({ name }) =>
      get(
        ['pods', '--selector=app=waiting', `--field-selector=spec.nodeName=${name}`],
        '.items[*].metadata.name',
      ),
    );

    const [, rebooted] = nodes;
    if (rebooted === undefined) throw new Error('found no second node');
    await cluster.reboot(rebooted);
    until(`pod/${other}`, '.status.containerStatuses[0].restartCount', '1');
    until(`pod/${other}`, '.status.containerStatuses[0].ready', 'true');
    expect(get([`pod/${one}`], '.status.containerStatuses[0].restartCount')).toBe('0');
    cluster.kubectl(['delete', 'daemonset/waiting', '--grace-period=1']);
  });

  it('gives a pod a token that names its service account and its node', () => {
    const secrets = '/var/run/secrets/kubernetes.io/serviceaccount';
    const ask = `
      const token = require('node:fs').readFileSync('${secrets}/token', 'utf8');
      const url = 'https://' + process.env.KUBERNETES_SERVICE_HOST + '/apis/authentication.k8s.io/v1/selfsubjectreviews';
      const headers = { authorization: 'Bearer ' + token, 'content-type': 'application/json' };
      fetch(url, { method: 'POST', headers, body: '{}' }).then((answer) => answer.text()).then(console.log);
    `;
    const env = [{ name: 'NODE_EXTRA_CA_CERTS', value: `${secrets}/ca.crt` }];
    stage.apply(pod('asking', container({ command: ['node', '-e', ask], env }), { nodeName: 'node-2' }));
    const { userInfo } = JSON.parse(stage.result('asking').output).status;
    expect(userInfo.username).toBe('system:serviceaccount:default:default');
    expect(userInfo.extra['authentication.kubernetes.io/node-name']).toEqual(['node-2']);
  });

  describe('the image', () => {
    it('has nothing in it but Node, the program and what it starts itself, and is small', async () => {
      const root = await stage.builder.mount(IMAGE);
      const look = (script: string) =>
        stage.builder.machine.output(['sh', '-ec', `cd "$1"; ${script}`, 'sh', root]);
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

    it('runs on every node without root, capabilities and a file that it may write', () => {
      for (const { name } of nodes) {
        stage.apply(pod(`version-${name}`, container({ args: ['version'] }), { nodeName: name }));
        expect(stage.result(`version-${name}`)).toEqual({ code: 0, output: `${VERSION}\n` });
      }
    });

    it('ends on SIGTERM as its container’s first process', () => {
      stage.apply(pod('reading', container({ args: ['roster', 'import', '-f', '-'], stdin: true })));
      stage.until('pod/reading', '.status.phase', 'Running');
      const signal = ['exec', 'pod/reading', '--', 'node', '-e', SIGNAL_UNTIL_IT_ENDS];
      expect(() => stage.cluster.kubectl(signal)).toThrow('exit');
      expect(stage.result('reading')).toMatchObject({ code: 143 });
    });
  });
});

/** Ends with the container, if that ends. A signal that comes before the program has begun is lost on PID 1. */
const SIGNAL_UNTIL_IT_ENDS = `
  setInterval(() => process.kill(1, 'SIGTERM'), 20);
  setTimeout(() => process.exit(1), 10_000);
`;

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
    const started = await descendants(child.pid);
    expect(started.join('\n')).toContain('kubelet');
    child.kill('SIGKILL');

    const left = async () => {
      const running = new Set(await processes());
      return [...started.filter((line) => running.has(line)), ...(await controlGroups(name))];
    };
    const deadline = Date.now() + 20_000;
    while ((await left()).length > 0 && Date.now() < deadline) await setTimeout(100);
    expect(await left()).toEqual([]);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });
});

async function controlGroups(name: string): Promise<string[]> {
  const { stdout } = await runProcess(['find', '/sys/fs/cgroup', '-type', 'd', '-name', `${name}*`]);
  return stdout.split('\n').filter(Boolean);
}

/** One line for each: PID, time of its start, name. */
async function processes(): Promise<string[]> {
  return lines(['ps', '-e', '-o', 'pid=,lstart=,comm=']);
}

/** Of a process, those that live. */
async function descendants(pid: number | undefined): Promise<string[]> {
  const parents = (await lines(['ps', '-e', '-o', 'pid=,ppid='])).map((line) => line.trim().split(/ +/));
  const found = new Set([`${pid}`]);
  for (const [each = '', parent = ''] of parents) if (found.has(parent)) found.add(each);
  return (await processes()).filter((line) => found.has(line.trim().split(' ')[0] ?? ''));
}

async function lines(argv: readonly string[]): Promise<string[]> {
  return (await runProcess(argv)).stdout.split('\n').filter(Boolean);
}
