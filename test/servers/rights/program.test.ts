import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { API_VERSION } from '../../../src/api/user.ts';
import { CHECKOUT, createMachine, type Machine } from '../../harness/machine/machine.ts';
import { describeMachine, describeServers } from '../../harness/requirements.ts';
import { until, USERS, WORKSTATIONS } from '../../harness/servers/crds.ts';
import { made, SYSTEM, tokenOf } from '../../harness/servers/identities.ts';
import { kubectlOutput } from '../../harness/servers/kubectl.ts';
import { startApiserver } from '../../harness/servers/kubernetes.ts';
import type { Apiserver } from '../../harness/servers/kubernetes.ts';
import { applyManifests, joinMachine } from '../../harness/servers/manifests.ts';

const PROGRAM = join(import.meta.dirname, '../../../bin/workstation');
const POLICY = { files: [{ name: 'greeting', path: 'greeting', content: 'hello ${user}\n' }] };
const object = (kind: string, name: string, spec: object) => ({
  apiVersion: API_VERSION,
  kind,
  metadata: { name },
  spec,
});

describeServers('the program with these rights', ['etcd', 'kube-apiserver', 'kubectl'], () => {
  describeMachine('on a machine', () => {
    let server: Apiserver;
    let machine: Machine;
    beforeAll(async () => {
      server = await startApiserver();
      applyManifests(server, 'overlays/daemonset');
      await until(
        'the kinds are served',
        async () => (await server.request('GET', WORKSTATIONS)).status === 200,
      );
      machine = await createMachine({ kind: 'chroot', network: 'host' });
      const token = await tokenOf(server, await joinMachine(server, 'here'));
      await machine.write('/etc/workstation/kubeconfig', kubeconfig(server, token), 0o600);
    });
    afterAll(async () => {
      await machine.destroy();
      await server.stop();
    });

    it('onboards whoever is applied, beats, and tells of it, and is refused nothing', async () => {
      await made(server, WORKSTATIONS, object('Workstation', 'here', POLICY));
      const spec = { authentikUser: 'emo', k8sUser: 'emo', tier: 'power-user', workstation: 'here' };
      await made(server, USERS, object('WorkstationUser', 'emo', spec));
      const [program = '', ...enter] = machine.enter;
      const agent = spawn(
        program,
        [
          ...enter,
          `${CHECKOUT}/bin/workstation`,
          'agent',
          '--name',
          'here',
          '--kubeconfig',
          '/etc/workstation/kubeconfig',
        ],
        { stdio: ['ignore', 'pipe', 'pipe'] },
      );
      const ended = once(agent, 'exit');
      const said = Promise.all([text(agent.stdout), text(agent.stderr)]);
      try {
        kubectlOutput(server.kubeconfig, ['wait', '--for=condition=Ready', 'wsu/emo', '--timeout=60s']);
        expect(await machine.read('/home/emo/greeting')).toBe('hello emo\n');
        kubectlOutput(server.kubeconfig, ['wait', '--for=condition=Ready', 'ws/here', '--timeout=30s']);
        expect(
          kubectlOutput(server.kubeconfig, ['get', 'lease', 'here', '-n', SYSTEM, '-o', 'name']),
        ).toContain('here');
        await until('an Event tells of emo', async () =>
          kubectlOutput(server.kubeconfig, ['describe', 'wsu', 'emo']).includes('workstation.dev/agent'),
        );
      } finally {
        await machine.output(['pkill', '--full', 'agent --name here']);
        await ended;
      }
      expect((await said).join('\n')).not.toMatch(/forbidden|denied|403/i);
    });
  });
});

describeServers('the controller with these rights', ['etcd', 'kube-apiserver', 'kubectl'], () => {
  let server: Apiserver;
  beforeAll(async () => {
    server = await startApiserver();
    applyManifests(server, 'overlays/controller-only');
    applyManifests(server, '../test/servers/rights/access');
    await until(
      'the kinds are served',
      async () => (await server.request('GET', WORKSTATIONS)).status === 200,
    );
  });
  afterAll(() => server.stop());

  it('accepts people, binds them, and is refused nothing', async () => {
    const clusterAccess = { 'power-user': { clusterRole: 'developer', scope: 'Cluster' } };
    await made(server, WORKSTATIONS, object('Workstation', 'here', { clusterAccess }));
    const spec = { authentikUser: 'emo', k8sUser: 'emo', tier: 'power-user', workstation: 'here' };
    await made(server, USERS, object('WorkstationUser', 'emo', spec));
    const directory = await mkdtemp(join(tmpdir(), 'workstation-controller-'));
    const file = join(directory, 'kubeconfig');
    await writeFile(file, kubeconfig(server, await tokenOf(server, 'workstation-controller')), {
      mode: 0o600,
    });
    const controller = spawn(PROGRAM, ['controller', '--kubeconfig', file], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(controller, 'exit');
    const said = Promise.all([text(controller.stdout), text(controller.stderr)]);
    try {
      for (const type of ['Accepted', 'ClusterAccessReady'])
        kubectlOutput(server.kubeconfig, [
          'wait',
          `--for=jsonpath={.status.conditions[?(@.type=="${type}")].status}=True`,
          'wsu/emo',
          '--timeout=60s',
        ]);
      const role = ['get', 'clusterrolebinding', 'workstation:emo', '-o', 'jsonpath={.roleRef.name}'];
      expect(kubectlOutput(server.kubeconfig, role)).toBe('developer');
    } finally {
      controller.kill('SIGTERM');
      await ended;
      await rm(directory, { recursive: true });
    }
    expect((await said).join('\n')).not.toMatch(/forbidden|denied|403/i);
  });
});

function kubeconfig({ url, ca }: Apiserver, token: string): string {
  const authority = Buffer.from(ca).toString('base64');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server: url, 'certificate-authority-data': authority } }],
    users: [{ name: 'agent', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'agent' } }],
    'current-context': 'test',
  });
}
