import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describeServers } from '../../harness/requirements.ts';
import { until } from '../../harness/servers/crds.ts';
import { freePorts } from '../../harness/servers/process.ts';
import { ClusterStage, LEASES, person } from './stage.ts';

const WORKSTATION = join(import.meta.dirname, '../../../bin/workstation');
const ELECTION = [
  '--leader-elect-lease-duration=3s',
  '--leader-elect-renew-deadline=2s',
  '--leader-elect-retry-period=1s',
];

interface Replica {
  readonly child: ChildProcess;
  readonly text: () => string;
  readonly ended: Promise<unknown>;
}

describeServers('two controllers', ['etcd', 'kube-apiserver'], () => {
  let stage: ClusterStage;
  const replicas: Replica[] = [];

  beforeAll(async () => {
    stage = await ClusterStage.open();
    await stage.machine('devvm');
  });
  afterAll(async () => {
    for (const { child, ended } of replicas) {
      child.kill('SIGKILL');
      await ended;
    }
    await stage.stop();
  });

  function start(...more: string[]): Replica {
    const args = ['controller', '--kubeconfig', stage.server.kubeconfig, ...ELECTION, ...more];
    const child = spawn(WORKSTATION, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: '/usr/bin:/bin' },
    });
    let text = '';
    child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const replica = { child, text: () => text, ended: once(child, 'exit') };
    replicas.push(replica);
    return replica;
  }

  async function holder(): Promise<string> {
    const lease = await stage.read<{ spec?: { holderIdentity?: string } }>(
      `${LEASES}/workstation-controller`,
    );
    return lease?.spec?.holderIdentity ?? '';
  }

  const leads = (replica: Replica) => / leads identity=/.test(replica.text());
  const isAlive = ({ child }: Replica) => child.exitCode === null && child.signalCode === null;

  it('agree on one that leads, and the other takes over from one that was killed', async () => {
    const [a, b] = [start(), start()];
    await until('one leads', async () => leads(a) || leads(b));
    const [leader, other] = leads(a) ? [a, b] : [b, a];
    await stage.renew('devvm');
    await stage.person('ada', { workstation: 'devvm' });
    await stage.said(person('ada'), 'Accepted', 'True/Accepted');
    const before = await holder();
    leader.child.kill('SIGKILL');
    await stage.person('bob', { workstation: 'devvm' });
    await stage.said(person('bob'), 'Accepted', 'True/Accepted');
    expect(leads(other)).toBe(true);
    expect(await holder()).not.toBe(before);
  });

  it('hand over at once when they are told to stop, and end well', async () => {
    const leader = replicas.find((replica) => isAlive(replica))!;
    const other = start();
    await until(
      'it waits',
      async () => other.text().includes('speaks to') && other.text().includes(' leads'),
    );
    expect(leads(other)).toBe(false);
    leader.child.kill('SIGTERM');
    expect(await leader.ended).toEqual([0, null]);
    await until('the other leads', async () => leads(other));
    await stage.person('cyd', { workstation: 'devvm' });
    await stage.said(person('cyd'), 'Accepted', 'True/Accepted');
  });

  it('that are killed again and again lose nobody, and write nothing twice', async () => {
    const names = Array.from({ length: 24 }, (_, index) => `u${index}`);
    for (const [index, name] of names.entries()) {
      await stage.person(name, { workstation: 'devvm' });
      if (index % 8 !== 7) continue;
      replicas.find(isAlive)!.child.kill('SIGKILL');
      start();
    }
    for (const name of names) await stage.said(person(name), 'Accepted', 'True/Accepted');
    const versions = () =>
      Promise.all(names.map(async (name) => (await stage.user(name))?.metadata.resourceVersion));
    const settled = await versions();
    start();
    replicas.find(isAlive)!.child.kill('SIGTERM');
    await until('another leads', async () => replicas.filter(isAlive).some(leads));
    await stage.change(person('ada'), { spec: { suspended: true } });
    await until('it works', async () => {
      const user = await stage.user('ada');
      const accepted = user?.status?.conditions?.find(({ type }) => type === 'Accepted');
      return accepted?.observedGeneration === user?.metadata.generation;
    });
    expect(await versions()).toEqual(settled);
  });

  it('tell how they stand to whoever probes them', async () => {
    const [port] = await freePorts(1);
    start(`--metrics-address=127.0.0.1:${port}`);
    const ask = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
    await until('it is ready', async () => (await ask('/readyz').catch(() => '')) === 'ok\n');
    expect(await ask('/livez')).toBe('ok\n');
    expect(await ask('/metrics')).toMatch(
      /^leader_election_master_status\{name="workstation-controller"\} 0$/m,
    );
    for (const { child } of replicas.slice(0, -1)) child.kill('SIGTERM');
    await until('it leads', async () => (await ask('/metrics')).includes('controller"} 1\n'));
    await stage.person('dan', { workstation: 'devvm' });
    await stage.said(person('dan'), 'Accepted', 'True/Accepted');
    const metrics = await ask('/metrics');
    expect(metrics).toMatch(
      /^controller_runtime_reconcile_total\{controller="controller",result="success"\} [1-9]/m,
    );
    expect(metrics).toMatch(/^rest_client_requests_total\{code="200",method="PATCH"\} [1-9]/m);
    expect(metrics).toMatch(/^workqueue_adds_total\{name="controller"\} [1-9]/m);
  });
});
