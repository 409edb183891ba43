import { readFileSync } from 'node:fs';
import { createBuilder } from '../harness/cluster/builder.ts';
import type { Builder } from '../harness/cluster/builder.ts';
import { startCluster } from '../harness/cluster/cluster.ts';
import type { Cluster } from '../harness/cluster/cluster.ts';
import { buildImage, buildPause, IMAGE } from '../harness/cluster/images.ts';
import { PAUSE_IMAGE } from '../harness/cluster/nodeconfig.ts';
import { runProcess } from '../harness/machine/process.ts';
import { describeCluster } from '../harness/requirements.ts';
import { container, daemonSet, pod } from './objects.ts';

/** Bytes. */
const LARGEST_IMAGE = 200 * 2 ** 20;

describeCluster('a cluster of real nodes', () => {
  let builder: Builder;
  let cluster: Cluster;

  beforeAll(async () => {
    builder = await createBuilder();
    await Promise.all([buildImage(builder), buildPause(builder)]);
    cluster = await startCluster({ pause: await builder.save(PAUSE_IMAGE) });
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
    cluster.kubectl(['wait', name, `--for=jsonpath={${path}}=${value}`, '--timeout=60s']);

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
    await until('pod/asking', '.status.phase', 'Succeeded');
    const { userInfo } = JSON.parse(await cluster.kubectl(['logs', 'pod/asking'])).status;
    expect(userInfo.username).toBe('system:serviceaccount:default:default');
    expect(userInfo.extra['authentication.kubernetes.io/node-name']).toEqual(['node-2']);
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
        await until(`pod/version-${name}`, '.status.phase', 'Succeeded');
        expect(await cluster.kubectl(['logs', `pod/version-${name}`])).toBe(`${VERSION}\n`);
      }
    });

    it('ends on SIGTERM as its container’s first process', async () => {
      await apply(pod('reading', container({ args: ['validate', '--filename=-'], stdin: true })));
      await until('pod/reading', '.status.phase', 'Running');
      const signal = ['exec', 'pod/reading', '--', 'node', '-e', SIGNAL_UNTIL_IT_ENDS];
      await expect(cluster.kubectl(signal)).rejects.toThrow('exit code');
      await until('pod/reading', '.status.phase', 'Failed');
      expect(await get(['pod/reading'], '.status.containerStatuses[0].state.terminated.exitCode')).toBe(
        '143',
      );
    });
  });
});

const { version: VERSION } = JSON.parse(readFileSync('package.json', 'utf8'));

/** Ends with the container. A signal that comes before the program has begun is lost on PID 1. */
const SIGNAL_UNTIL_IT_ENDS = 'setInterval(() => process.kill(1, "SIGTERM"), 20)';
