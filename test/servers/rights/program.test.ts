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
import { applyManifests, applyOverlay, joinMachine } from '../../harness/servers/manifests.ts';

const REFUSED = /forbidden|denied|\b403\b/i;
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
      await applyOverlay(server, 'daemonset');
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
      expect((await said).join('\n')).not.toMatch(REFUSED);
    });
  });
});

describeServers('the controller with these rights', ['etcd', 'kube-apiserver', 'kubectl'], () => {
  let server: Apiserver;
  let directory: string;
  let file: string;
  beforeAll(async () => {
    server = await startApiserver();
    await applyOverlay(server, 'controller-only');
    directory = await mkdtemp(join(tmpdir(), 'workstation-controller-'));
    file = join(directory, 'kubeconfig');
    await writeFile(file, kubeconfig(server, await tokenOf(server, 'workstation-controller')), {
      mode: 0o600,
    });
    await made(server, WORKSTATIONS, object('Workstation', 'here', {}));
  });
  afterAll(async () => {
    await rm(directory, { recursive: true });
    await server.stop();
  });

  /** Runs it until a condition of a new user is true. Gives what it said meanwhile. */
  async function runUntil(condition: string, name: string): Promise<string> {
    const controller = spawn(PROGRAM, ['controller', '--kubeconfig', file], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(controller, 'exit');
    const said = Promise.all([text(controller.stdout), text(controller.stderr)]);
    const spec = { authentikUser: name, k8sUser: name, tier: 'power-user', workstation: 'here' };
    await made(server, USERS, object('WorkstationUser', name, spec));
    try {
      const isTrue = `jsonpath={.status.conditions[?(@.type=="${condition}")].status}=True`;
      kubectlOutput(server.kubeconfig, ['wait', `wsu/${name}`, `--for=${isTrue}`, '--timeout=60s']);
    } finally {
      controller.kill('SIGTERM');
      await ended;
    }
    return (await said).join('\n');
  }

  it('accepts people where it may bind nobody, and is refused nothing', async () => {
    expect(await runUntil('Accepted', 'ann')).not.toMatch(REFUSED);
  });

  it('binds people where it may, and is refused nothing', async () => {
    applyManifests(server, '../test/servers/rights/access');
    const clusterAccess = { 'power-user': { clusterRole: 'developer', scope: 'Cluster' } };
    const patch = JSON.stringify({ spec: { clusterAccess } });
    kubectlOutput(server.kubeconfig, ['patch', 'ws', 'here', '--type=merge', '-p', patch]);
    expect(await runUntil('ClusterAccessReady', 'emo')).not.toMatch(REFUSED);
    const role = ['get', 'clusterrolebinding', 'workstation:emo', '-o', 'jsonpath={.roleRef.name}'];
    expect(kubectlOutput(server.kubeconfig, role)).toBe('developer');
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
