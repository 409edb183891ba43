import { API_VERSION } from '../../../src/api/user.ts';
import { describeServers } from '../../harness/requirements.ts';
import { applyDefinitions, USERS, WORKSTATIONS } from '../../harness/servers/crds.ts';
import { judge } from '../../harness/servers/kstatus.ts';
import { kubectlOutput } from '../../harness/servers/kubectl.ts';
import { startApiserver, type Apiserver } from '../../harness/servers/kubernetes.ts';
import { applyManifests } from '../../harness/servers/manifests.ts';
import { eventually, type RunningAgent } from '../../machine/agent/runner.ts';
import {
  apply,
  conditionOf,
  join,
  leaseOf,
  RECOVERY,
  untilReady,
  userOf,
  userOn,
  type Joined,
} from './stage.ts';

describeServers('an agent in a cluster', ['etcd', 'kube-apiserver', 'kubectl', 'kstatus'], () => {
  let server: Apiserver;
  let devvm: Joined;
  let agent: RunningAgent;
  const output = (...args: string[]) => kubectlOutput(server.kubeconfig, args);

  beforeAll(async () => {
    server = await startApiserver();
    applyManifests(server, 'base');
    await applyDefinitions(server, { portColumns: ['t3', 'playwright'] });
    devvm = await join(server, 'devvm');
    agent = await devvm.start();
  });
  afterAll(async () => {
    await agent?.stop();
    await devvm?.machine.destroy();
    await server.stop();
  });

  it('onboards whoever is applied, and kubectl waits for it', async () => {
    apply(server, userOn('devvm', 'emo'));
    expect(output('wait', '--for=condition=Ready', 'wsu/emo', '--timeout=60s')).toContain('condition met');
    expect((await devvm.machine.run(['id', 'emo'])).code).toBe(0);
    expect(output('get', 'wsu', 'emo')).toMatch(
      /^NAME +TIER +WORKSTATION +READY +REASON +T3 +AGE\nemo +power-user +devvm +True +Ready +3773/,
    );
  });

  it('tells the story in events, and what the machine is', async () => {
    await eventually('the account is told of', async () =>
      output('describe', 'wsu', 'emo').includes('AccountCreated'),
    );
    const machine = await eventually('the machine is told of', async () => {
      const { body } = await server.request('GET', `${WORKSTATIONS}/devvm`);
      return (body as { status?: { users?: { ready: number } } }).status?.users?.ready === 1 && body;
    });
    expect(machine).toMatchObject({
      status: {
        capacity: { cpu: expect.stringMatching(/^\d+$/), memory: expect.stringMatching(/Ki$/) },
        versions: { agent: expect.stringMatching(/^\d/), kernel: expect.any(String) },
        users: { total: 1, ready: 1 },
      },
    });
    expect((await leaseOf(server, 'devvm')).status).toBe(200);
  });

  it('leaves people of other machines alone', async () => {
    apply(server, userOn('elsewhere', 'eve'));
    apply(server, userOn('devvm', 'ann'));
    await untilReady(server, 'ann');
    expect((await userOf(server, 'eve'))?.status?.conditions).toBeUndefined();
    expect((await devvm.machine.run(['id', 'eve'])).code).toBe(1);
  });

  it('writes a status once for an outcome, and nothing where nothing changed', async () => {
    const before = (await userOf(server, 'emo'))?.metadata.resourceVersion;
    await devvm.machine.output(['rm', '/etc/t3-serve/emo.env']);
    await eventually(
      'it is repaired',
      async () => (await devvm.machine.run(['test', '-e', '/etc/t3-serve/emo.env'])).code === 0,
    );
    apply(server, userOn('devvm', 'emo', { tier: 'admin' }));
    await eventually('the change is observed', async () => {
      const user = await userOf(server, 'emo');
      return conditionOf(user, 'Ready')?.observedGeneration === 2 && user;
    });
    expect(before).toBeDefined();
  });

  it('is judged by kstatus as it stands: at work, done, in need of somebody', async () => {
    const becomes = (path: string, verdict: string) =>
      eventually(
        `${path} is ${verdict}`,
        async () => judge((await server.request('GET', path)).body) === verdict,
      );
    const [emo, fay, machine] = [`${USERS}/emo`, `${USERS}/fay`, `${WORKSTATIONS}/devvm`];
    await becomes(emo, 'Current');
    await becomes(machine, 'Current');
    await devvm.machine.output(['mkdir', '/home/fay']);
    apply(server, userOn('devvm', 'fay'));
    await becomes(fay, 'Failed');
    await agent.stop();
    const change = (path: string, spec: object) =>
      server.request('PATCH', path, { spec }, 'application/merge-patch+json');
    await change(emo, { tier: 'power-user' });
    await change(machine, { offboarding: { massRemovalLimit: 4 } });
    await becomes(emo, 'InProgress');
    await becomes(machine, 'InProgress');
    agent = await devvm.start();
    await becomes(emo, 'Current');
    await becomes(machine, 'Current');
  });

  it('does nothing in the name of another machine, and says why', async () => {
    apply(server, {
      apiVersion: API_VERSION,
      kind: 'Workstation',
      metadata: { name: 'elsewhere' },
      spec: {},
    });
    await agent.stop();
    const stray = await devvm.start('elsewhere');
    expect(await stray.ended).toBe(1);
    expect(stray.said()).toContain('be the agent of elsewhere: ');
    expect(stray.said()).toContain('the agent of devvm may write only what is its own');
    const getent = async (name: string) => (await devvm.machine.run(['getent', 'shadow', name])).stdout;
    expect(await getent('eve')).toBe('');
    expect(await getent('ann')).not.toMatch(/^ann:!.*:1:$/m);
    agent = await devvm.start();
  });

  it('works on while the server is away, starts while it is, and loses nothing', async () => {
    await server.outage(async () => {
      await agent.stop();
      agent = await devvm.start();
      await eventually('it works from what it knows', async () =>
        agent.said().includes('keeps this machine'),
      );
      await devvm.machine.output(['rm', '/home/ann/start-claude.sh']);
      await eventually(
        'drift is repaired',
        async () => (await devvm.machine.run(['test', '-e', '/home/ann/start-claude.sh'])).code === 0,
      );
    });
    apply(server, userOn('devvm', 'bea'));
    await untilReady(server, 'bea', RECOVERY);
  });

  it('cuts off whoever is deleted, and says so on the object that waits for it', async () => {
    await server.request(
      'PATCH',
      `${USERS}/ann`,
      { metadata: { finalizers: ['workstation.dev/offboard'] } },
      'application/merge-patch+json',
    );
    output('delete', 'wsu', 'ann', '--wait=false');
    await eventually(
      'the cut is told of',
      async () => conditionOf(await userOf(server, 'ann'), 'Offboarded')?.status === 'True',
    );
    expect(await devvm.machine.output(['getent', 'shadow', 'ann'])).toMatch(/^ann:!.*:1:$/m);
    expect(judge((await server.request('GET', `${USERS}/ann`)).body)).toBe('Terminating');
    await server.request(
      'PATCH',
      `${USERS}/ann`,
      { metadata: { finalizers: [] } },
      'application/merge-patch+json',
    );
    expect((await devvm.machine.read('/etc/ttyd-user-map')).includes('ann')).toBe(false);
  });
});
