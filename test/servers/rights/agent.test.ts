import { API_VERSION } from '../../../src/api/user.ts';
import { describeServers } from '../../harness/requirements.ts';
import { until, USERS, WORKSTATIONS } from '../../harness/servers/crds.ts';
import { clientWith, made, SYSTEM, tokenOf } from '../../harness/servers/identities.ts';
import type { Client } from '../../harness/servers/identities.ts';
import { startApiserver } from '../../harness/servers/kubernetes.ts';
import type { Apiserver } from '../../harness/servers/kubernetes.ts';
import { applyOverlay, joinMachine } from '../../harness/servers/manifests.ts';

const LEASES = `/apis/coordination.k8s.io/v1/namespaces/${SYSTEM}/leases`;
const EVENTS = '/apis/events.k8s.io/v1/namespaces';
const MERGE = 'application/merge-patch+json';
const READY = { status: { conditions: [] } };
const lease = (name: string) => ({ metadata: { name }, spec: { holderIdentity: 'x' } });
const event = (namespace: string) => ({
  metadata: { generateName: 'test-', namespace },
  eventTime: '2026-01-02T03:04:05.000000Z',
  action: 'Test',
  reason: 'Test',
  type: 'Normal',
  reportingController: 'workstation.dev/agent',
  reportingInstance: 'here',
  regarding: { apiVersion: API_VERSION, kind: 'WorkstationUser', name: 'ours' },
});

/** What was asked, and the answer: done, or refused in these words. */
interface Write {
  readonly ask: readonly [method: string, path: string, body?: unknown, contentType?: string];
  readonly answer: 'done' | RegExp;
}

const FORBIDDEN = /is forbidden: User .* cannot/;
const others = (what: string, owner: string) =>
  new RegExp(`write ${what}: it belongs to ${owner}: the agent of here may write only what is its own`);

const WRITES: Readonly<Record<string, Write>> = {
  'the status of a user of its machine': {
    ask: ['PATCH', `${USERS}/ours/status`, READY, MERGE],
    answer: 'done',
  },
  'the status of a user of another machine': {
    ask: ['PATCH', `${USERS}/theirs/status`, READY, MERGE],
    answer: others('workstationusers theirs', 'the machine there'),
  },
  'the status of a user without a machine': {
    ask: ['PATCH', `${USERS}/nobodys/status`, READY, MERGE],
    answer: others('workstationusers nobodys', 'no machine'),
  },
  'the status of a user of another machine, by server-side apply': {
    ask: [
      'PATCH',
      `${USERS}/theirs/status?fieldManager=workstation-agent&force=true`,
      { apiVersion: API_VERSION, kind: 'WorkstationUser', metadata: { name: 'theirs' }, ...READY },
      'application/apply-patch+yaml',
    ],
    answer: others('workstationusers theirs', 'the machine there'),
  },
  'the status of its workstation': {
    ask: ['PATCH', `${WORKSTATIONS}/here/status`, READY, MERGE],
    answer: 'done',
  },
  'the status of another workstation': {
    ask: ['PATCH', `${WORKSTATIONS}/there/status`, READY, MERGE],
    answer: others('workstations there', 'the machine there'),
  },
  'its lease': { ask: ['PUT', `${LEASES}/here`], answer: 'done' },
  'the lease of another machine': {
    ask: ['PUT', `${LEASES}/there`],
    answer: others('leases there', 'the machine there'),
  },
  'a new lease of another machine': {
    ask: ['POST', LEASES, lease('elsewhere')],
    answer: others('leases elsewhere', 'the machine elsewhere'),
  },
  'the lease by which a leader is elected': {
    ask: ['PUT', `${LEASES}/workstation-controller`],
    answer: others('leases workstation-controller', 'the machine workstation-controller'),
  },
  'the end of a lease': { ask: ['DELETE', `${LEASES}/here`], answer: FORBIDDEN },
  'an event about a user': { ask: ['POST', `${EVENTS}/default/events`, event('default')], answer: 'done' },
  'an event elsewhere': {
    ask: ['POST', `${EVENTS}/kube-system/events`, event('kube-system')],
    answer: FORBIDDEN,
  },
  'a spec': { ask: ['PATCH', `${USERS}/ours`, { spec: { tier: 'admin' } }, MERGE], answer: FORBIDDEN },
  finalizers: {
    ask: ['PATCH', `${USERS}/ours`, { metadata: { finalizers: [] } }, MERGE],
    answer: FORBIDDEN,
  },
  'the policy of its machine': {
    ask: ['PATCH', `${WORKSTATIONS}/here`, { spec: {} }, MERGE],
    answer: FORBIDDEN,
  },
  'a new user': { ask: ['POST', USERS, { metadata: { name: 'x' } }], answer: FORBIDDEN },
  'the end of a user': { ask: ['DELETE', `${USERS}/ours`], answer: FORBIDDEN },
  'a token of another account': {
    ask: ['POST', `/api/v1/namespaces/${SYSTEM}/serviceaccounts/workstation-controller/token`, { spec: {} }],
    answer: FORBIDDEN,
  },
};

describeServers('an agent', ['etcd', 'kube-apiserver', 'kubectl'], () => {
  let server: Apiserver;
  const clients = new Map<string, Client>();
  const user = (name: string, workstation?: string) => ({
    apiVersion: API_VERSION,
    kind: 'WorkstationUser',
    metadata: { name },
    spec: { authentikUser: name, k8sUser: name, tier: 'power-user', ...(workstation && { workstation }) },
  });

  beforeAll(async () => {
    server = await startApiserver();
    await applyOverlay(server, 'daemonset');
    for (const object of [user('ours', 'here'), user('theirs', 'there'), user('nobodys')])
      await made(server, USERS, object);
    for (const name of ['here', 'there'])
      await made(server, WORKSTATIONS, {
        apiVersion: API_VERSION,
        kind: 'Workstation',
        metadata: { name },
        spec: {},
      });
    for (const name of ['here', 'there', 'workstation-controller']) await made(server, LEASES, lease(name));
    const tokens = {
      'in its pod': await tokenOf(server, 'workstation-agent', { kind: 'Pod', node: 'here' }),
      'with a token of its node': await tokenOf(server, 'workstation-agent', { kind: 'Node', node: 'here' }),
      'under systemd': await tokenOf(server, await joinMachine(server, 'here')),
      'of no machine': await tokenOf(server, 'workstation-agent'),
    };
    for (const [name, token] of Object.entries(tokens)) clients.set(name, clientWith(server, token));
    const [method, path, body, type] = WRITES['a new lease of another machine']?.ask ?? ['GET', ''];
    await until('the policies hold', async () => {
      const { status } = await ask('in its pod', method, `${path}?dryRun=All`, body, type);
      return status === 403;
    });
  });
  afterAll(() => server.stop());

  const ask = async (who: string, ...request: Write['ask']) => {
    const client = clients.get(who);
    if (client === undefined) throw new Error(`asking as ${who}: there is no such client`);
    const [method, path, sent, type] = request;
    // A lease is only replaced by somebody who has just read it.
    const whole = method === 'PUT' ? (await server.request('GET', path)).body : sent;
    const { status, body } = await client(method, path, whole, type);
    return { status, message: (body as { message?: string }).message ?? '' };
  };

  describe.each(['in its pod', 'with a token of its node', 'under systemd'])('%s', (who) => {
    it.each(Object.entries(WRITES))('writes what it may: %s', async (_, { ask: request, answer }) => {
      const { status, message } = await ask(who, ...request);
      if (answer === 'done') expect([200, 201]).toContain(status);
      else expect([status, message]).toEqual([expect.any(Number), expect.stringMatching(answer)]);
      expect(status < 300).toBe(answer === 'done');
    });

    it('reads what is declared', async () => {
      expect((await ask(who, 'GET', USERS)).status).toBe(200);
      expect((await ask(who, 'GET', WORKSTATIONS)).status).toBe(200);
      expect((await ask(who, 'GET', '/api/v1/secrets')).status).toBe(403);
    });
  });

  describe('whose token names no machine', () => {
    const policed = Object.entries(WRITES).filter(
      ([
        ,
        {
          ask: [, path],
        },
      ]) => /\/status|\/leases/.test(path),
    );
    it.each(policed)('does not write %s', async (_, { ask: request }) => {
      const { status, message } = await ask('of no machine', ...request);
      expect([403, 422]).toContain(status);
      expect(message).toMatch(/write as an agent: the token names no machine|cannot delete/);
    });
  });

  it('is not the leader, whatever its machine is called', async () => {
    const account = await joinMachine(server, 'workstation-controller');
    clients.set('called like the leader', clientWith(server, await tokenOf(server, account)));
    const { status, message } = await ask(
      'called like the leader',
      'PUT',
      `${LEASES}/workstation-controller`,
    );
    expect([status, message]).toEqual([
      403,
      expect.stringContaining(
        "write the lease workstation-controller: it is the controller's: give the machine",
      ),
    ]);
  });

  it('writes nothing more once its pod is gone', async () => {
    const token = await tokenOf(server, 'workstation-agent', { kind: 'Pod', node: 'brief' });
    const client = clientWith(server, token);
    expect((await client('GET', USERS)).status).toBe(200);
    const pods = `/api/v1/namespaces/${SYSTEM}/pods`;
    const { body } = await server.request('GET', `${pods}?fieldSelector=spec.nodeName=brief`);
    const [pod] = (body as { items: { metadata: { name: string } }[] }).items;
    await server.request('DELETE', `${pods}/${pod?.metadata.name}?gracePeriodSeconds=0`);
    await until('the token is worth nothing', async () => (await client('GET', USERS)).status === 401);
  });
});
