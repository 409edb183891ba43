/** An agent on a real machine, and an API server that fails it in every way: whatever happens, no update is lost and nobody removed. */
import { jest } from '@jest/globals';
import { backUp } from '../../harness/servers/backup.ts';
import { describeServers } from '../../harness/requirements.ts';
import { applyDefinitions, USERS, WORKSTATIONS } from '../../harness/servers/crds.ts';
import { SYSTEM, tokenOf } from '../../harness/servers/identities.ts';
import { startApiserver, type Apiserver } from '../../harness/servers/kubernetes.ts';
import { applyManifests } from '../../harness/servers/manifests.ts';
import { startProxy, type Fault, type FaultProxy } from '../../harness/servers/proxy.ts';
import { eventually, type RunningAgent } from '../../machine/agent/runner.ts';
import {
  apply,
  conditionOf,
  join,
  leaseOf,
  RECOVERY,
  SLOW_SECTIONS,
  untilReady,
  userOn,
  usersOf,
  type Joined,
  type UserObject,
} from './stage.ts';
import { lookAt, untruths } from './truth.ts';

const status = (code: number, reason: string): Fault => ({
  kind: 'answer',
  status: code,
  headers: code === 429 ? { 'Retry-After': '1' } : {},
  body: JSON.stringify({ kind: 'Status', status: 'Failure', reason, message: 'staged', code }),
});

const MERGE = 'application/merge-patch+json';
/** Declared from the beginning to the end. */
const STAYING = ['ann', 'bob'];
/** Milliseconds: a watch that says nothing is taken for dead after a minute and a half. */
const SILENCE = 150_000;
/** Revisions: more than are made between a backup here and its return. */
const MANY = 2000;

describeServers('an agent whose API server', ['etcd', 'kube-apiserver', 'kubectl'], () => {
  // Recovery is waited for three times at most.
  jest.setTimeout(4 * RECOVERY);
  let server: Apiserver;
  let proxy: FaultProxy;
  let devvm: Joined;
  let agent: RunningAgent;
  /** Whoever came last, and goes with the next trouble. */
  let last = 'first';
  let round = 0;

  beforeAll(async () => {
    server = await startApiserver();
    applyManifests(server, 'base');
    await applyDefinitions(server);
    proxy = await startProxy(server);
    devvm = await join(server, 'devvm', { url: proxy.url, without: SLOW_SECTIONS });
    agent = await devvm.start();
    apply(server, ...[...STAYING, last].map((name) => userOn('devvm', name)));
    for (const name of [...STAYING, last]) await untilReady(server, name);
  });
  afterAll(async () => {
    await agent?.stop();
    await devvm?.machine.destroy();
    await proxy.stop();
    await server.stop();
  });

  const put = async (method: string, path: string, body?: object) => {
    const answer = await server.request(method, path, body, method === 'PATCH' ? MERGE : undefined);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
  };

  /** Somebody comes, somebody goes, somebody else changes. Gives what makes sure that all of it arrived. */
  async function edit(): Promise<() => Promise<void>> {
    const [newcomer, leaver] = [`new${++round}`, last];
    last = newcomer;
    await put('POST', USERS, userOn('devvm', newcomer));
    await put('PATCH', `${USERS}/ann`, { spec: { suspended: round % 2 === 1 } });
    await put('DELETE', `${USERS}/${leaver}`);
    return () => arrived();
  }

  /** Everything that is declared is on the machine, and what is said is so. */
  async function arrived(within = RECOVERY): Promise<void> {
    let found: string[] = [];
    const isTrue = async () => {
      found = untruths(await usersOf(server), await lookAt(devvm.machine));
      return found.length === 0;
    };
    await eventually('every status is true', isTrue, { within }).catch((error: Error) => {
      throw new Error(`${error.message}: ${found.join('; ')}`, { cause: error });
    });
    const { audit } = await lookAt(devvm.machine);
    const removed = audit.filter(
      ({ cause, user, osUser }) => cause.kind === 'Leave' && STAYING.includes(user ?? osUser ?? ''),
    );
    expect(removed).toEqual([]);
  }

  async function repairs(): Promise<void> {
    const file = '/etc/t3-serve/bob.env';
    await devvm.machine.output(['rm', file]);
    await eventually(
      'drift is repaired meanwhile',
      async () => (await devvm.machine.run(['test', '-e', file])).code === 0,
    );
  }

  async function renewTime(): Promise<string> {
    const { body } = await leaseOf(server, 'devvm');
    return (body as { spec: { renewTime: string } }).spec.renewTime;
  }

  const suffered = (requests: number) => {
    const wanted = proxy.requests.length + requests;
    return eventually('the trouble is met', async () => proxy.requests.length >= wanted);
  };

  const ANSWERS: readonly (readonly [string, Fault])[] = [
    ['is too busy and says when to come again', status(429, 'TooManyRequests')],
    ['fails inside', status(500, 'InternalError')],
    ['keeps no history so old', status(410, 'Expired')],
    ['closes every connection', { kind: 'reset' }],
    ['is cut off in the middle of an answer', { kind: 'cut', after: 700 }],
  ];

  // Each trouble meets an agent that has not met another before, which it would be slow to trust the server after.
  beforeEach(async () => {
    await agent.kill();
    agent = await devvm.start();
    await eventually('it works', async () => agent.said().includes('keeps this machine'));
  });

  it.each(ANSWERS)('%s loses no update and removes nobody', async (_, fault) => {
    proxy.fault = () => fault;
    proxy.cut();
    await edit();
    await suffered(3);
    await repairs();
    proxy.fault = () => undefined;
    await arrived();
  });

  it('is killed, and comes back with nothing in its cache, loses no update and removes nobody', async () => {
    await server.outage(repairs);
    await edit();
    await arrived();
  });

  it('is put back to an older state, and counts on from later, keeps whoever came since, says so, across a restart too, and is done with it when they are made again', async () => {
    // What the backup has is written by nobody after it: only the Lease is older then than it was left.
    await agent.stop();
    const backup = await backUp(server);
    agent = await devvm.start();
    const left = await renewTime();
    for (const name of ['young', 'younger']) await put('POST', USERS, userOn('devvm', name));
    await arrived();
    await eventually('it beats', async () => (await renewTime()) !== left);
    await backup.restore(MANY);
    const source = async () =>
      conditionOf((await server.request('GET', `${WORKSTATIONS}/devvm`)).body as UserObject, 'SourceReady');
    const isLost = async () => (await source())?.reason === 'HistoryLost';
    await eventually('it is told', isLost, { within: RECOVERY });
    expect((await source())?.message).toContain('it has lost young, younger: ');
    await agent.kill();
    agent = await devvm.start();
    await put('PATCH', `${USERS}/bob`, { spec: { tier: 'admin' } });
    await eventually(
      'it works on',
      async () =>
        conditionOf(
          (await usersOf(server)).find(({ metadata }) => metadata.name === 'bob'),
          'Ready',
        )?.observedGeneration === 2,
    );
    expect(await isLost()).toBe(true);
    const { accounts } = await lookAt(devvm.machine);
    for (const name of ['young', 'younger'])
      expect(accounts.get(name)).toMatchObject({ isLocked: false, isEnabled: true });
    for (const name of ['young', 'younger']) await put('POST', USERS, userOn('devvm', name));
    await eventually('it is over', async () => (await source())?.status === 'True', { within: RECOVERY });
    await arrived();
  });

  it('no longer takes its token goes on by itself, and takes up a new one without a restart', async () => {
    await put('DELETE', `/api/v1/namespaces/${SYSTEM}/serviceaccounts/${devvm.account}`);
    proxy.cut();
    await edit();
    await eventually('it is refused', async () => agent.said().includes('401'), { within: RECOVERY });
    await repairs();
    await put('POST', `/api/v1/namespaces/${SYSTEM}/serviceaccounts`, { metadata: { name: devvm.account } });
    await devvm.giveToken(await tokenOf(server, devvm.account));
    await arrived();
  });

  it('is there no more on connections that stay open, so that its watches are silent, loses no update and removes nobody', async () => {
    proxy.freeze();
    await edit();
    await repairs();
    await arrived(SILENCE);
  });
});
