import { API_VERSION } from '../../../src/api/user.ts';
import { describeServers } from '../../harness/requirements.ts';
import { until, USERS, WORKSTATIONS } from '../../harness/servers/crds.ts';
import { clientWith, made, SYSTEM, tokenOf } from '../../harness/servers/identities.ts';
import type { Client } from '../../harness/servers/identities.ts';
import { startApiserver } from '../../harness/servers/kubernetes.ts';
import type { Apiserver } from '../../harness/servers/kubernetes.ts';
import { applyManifests, applyOverlay } from '../../harness/servers/manifests.ts';

const LEASES = `/apis/coordination.k8s.io/v1/namespaces/${SYSTEM}/leases`;
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const MERGE = 'application/merge-patch+json';
const FORBIDDEN = /is forbidden: User .* cannot/;
const NOT_OURS =
  /neither labelled as made by workstation-controller nor owned by a user: the controller may write only what it has made/;

const user = (name: string, spec: object = {}) => ({
  apiVersion: API_VERSION,
  kind: 'WorkstationUser',
  metadata: { name },
  spec: { authentikUser: name, k8sUser: name, tier: 'power-user', ...spec },
});
const OWNER = { apiVersion: API_VERSION, kind: 'WorkstationUser', name: 'emo', uid: 'x' };
const MARK = { 'app.kubernetes.io/managed-by': 'workstation-controller' };
const binding = (
  name: string,
  role: string,
  by: { labels?: object; ownerReferences?: readonly object[] },
) => ({
  metadata: { name, ...by },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
  subjects: [{ kind: 'User', name: 'emo', apiGroup: 'rbac.authorization.k8s.io' }],
});
const OURS = { labels: MARK, ownerReferences: [OWNER] };

describeServers('in the cluster', ['etcd', 'kube-apiserver', 'kubectl'], () => {
  let server: Apiserver;
  let controller: Client;
  let editor: Client;

  beforeAll(async () => {
    server = await startApiserver();
    await applyOverlay(server, 'controller-only');
    applyManifests(server, '../test/servers/rights/access');
    controller = clientWith(server, await tokenOf(server, 'workstation-controller'));
    editor = clientWith(server, await tokenOf(server, 'editor'));
    await made(server, USERS, user('unplaced'));
    const move = { spec: { workstation: 'x' } };
    await until('the policies hold', async () => {
      const answers = [
        await editor('PATCH', `${USERS}/unplaced?dryRun=All`, move, MERGE),
        await controller('POST', `${RBAC}/clusterrolebindings?dryRun=All`, binding('x', 'developer', {})),
      ];
      return answers.every(({ status }) => status === 403);
    });
  });
  afterAll(() => server.stop());

  describe('the controller', () => {
    const done = async (answer: ReturnType<Client>) => expect((await answer).status).toBeLessThan(300);
    const refused = async (answer: ReturnType<Client>, words: RegExp) => {
      const { status, body } = await answer;
      expect([status, (body as { message: string }).message]).toEqual([403, expect.stringMatching(words)]);
    };

    it('places users, hands accounts over, mirrors a roster, and says how users stand', async () => {
      await made(server, USERS, user('placed'));
      await done(controller('PATCH', `${USERS}/placed`, { spec: { workstation: 'devvm' } }, MERGE));
      await done(controller('PATCH', `${USERS}/placed`, { spec: { authentikUser: 'other' } }, MERGE));
      await done(
        controller('PATCH', `${USERS}/placed`, { metadata: { finalizers: ['workstation.dev/x'] } }, MERGE),
      );
      await done(controller('PATCH', `${USERS}/placed`, { metadata: { finalizers: [] } }, MERGE));
      await done(controller('PATCH', `${USERS}/placed/status`, { status: { conditions: [] } }, MERGE));
      await done(controller('POST', USERS, user('mirrored')));
      await done(controller('DELETE', `${USERS}/mirrored`));
    });

    it('does not make or change what machines get', async () => {
      const workstation = {
        apiVersion: API_VERSION,
        kind: 'Workstation',
        metadata: { name: 'devvm' },
        spec: {},
      };
      await refused(controller('POST', WORKSTATIONS, workstation), FORBIDDEN);
      await made(server, WORKSTATIONS, workstation);
      await refused(controller('PATCH', `${WORKSTATIONS}/devvm`, { spec: {} }, MERGE), FORBIDDEN);
      await done(controller('PATCH', `${WORKSTATIONS}/devvm/status`, { status: { conditions: [] } }, MERGE));
    });

    it('keeps its own lease, and reads those of agents', async () => {
      for (const name of ['workstation-controller', 'devvm'])
        await done(controller('POST', LEASES, { metadata: { name }, spec: { holderIdentity: 'x' } }));
      const { body } = await controller('GET', `${LEASES}/workstation-controller`);
      await done(controller('PUT', `${LEASES}/workstation-controller`, body));
      const other = await controller('GET', `${LEASES}/devvm`);
      await refused(controller('PUT', `${LEASES}/devvm`, other.body), FORBIDDEN);
    });

    it('binds the roles that are named, in bindings that one of our objects owns, and nothing else', async () => {
      const bindings = `${RBAC}/clusterrolebindings`;
      await done(controller('POST', bindings, binding('ours', 'developer', OURS)));
      await done(controller('PATCH', `${bindings}/ours`, { subjects: [] }, MERGE));
      await done(
        controller('POST', `${RBAC}/namespaces/default/rolebindings`, binding('ours', 'developer', OURS)),
      );
      await refused(
        controller('POST', bindings, binding('root', 'cluster-admin', OURS)),
        /attempting to grant RBAC permissions not currently held/,
      );
      await refused(controller('POST', bindings, binding('loose', 'developer', {})), NOT_OURS);
      await made(server, bindings, binding('theirs', 'developer', {}));
      await refused(controller('PATCH', `${bindings}/theirs`, { subjects: [] }, MERGE), NOT_OURS);
      await refused(controller('DELETE', `${bindings}/theirs`), NOT_OURS);
      for (const lost of [{ ownerReferences: null }, { labels: null }]) {
        expect((await server.request('PATCH', `${bindings}/ours`, { metadata: lost }, MERGE)).status).toBe(
          200,
        );
        await done(controller('PATCH', `${bindings}/ours`, { metadata: OURS }, MERGE));
      }
      const unmarked = { metadata: { ownerReferences: null, labels: null } };
      await refused(controller('PATCH', `${bindings}/ours`, unmarked, MERGE), NOT_OURS);
      expect((await controller('GET', `${RBAC}/clusterroles/developer`)).status).toBe(200);
      await refused(controller('GET', `${RBAC}/clusterroles/cluster-admin`), FORBIDDEN);
      await done(controller('DELETE', `${bindings}/ours`));
    });

    it('reads configuration in its own namespace and where it was let, and no secret', async () => {
      await done(controller('GET', `/api/v1/namespaces/${SYSTEM}/configmaps`));
      await done(controller('GET', '/api/v1/namespaces/platform/configmaps/k8s-users'));
      await done(
        controller('GET', '/api/v1/namespaces/platform/configmaps?fieldSelector=metadata.name%3Dk8s-users'),
      );
      await refused(controller('GET', '/api/v1/namespaces/platform/configmaps'), FORBIDDEN);
      await refused(controller('GET', '/api/v1/namespaces/default/configmaps'), FORBIDDEN);
      await refused(controller('GET', `/api/v1/namespaces/${SYSTEM}/secrets`), FORBIDDEN);
    });
  });

  describe('somebody who may edit users and no more', () => {
    it.each([
      ['changes what somebody gets', { tier: 'admin' }, undefined],
      [
        'does not put an older user where younger ones are',
        { workstation: 'devvm' },
        'place NAME on devvm: placing users that exist takes the verb place on that workstation: leave it to the controller, or delete the user and create it there',
      ],
      [
        'does not hand an account to another person',
        { authentikUser: 'mallory' },
        'give the account of NAME to another identity: changing authentikUser or k8sUser takes the verb reassign on that user: ask somebody who has it',
      ],
      [
        'does not hand access to the cluster to another person',
        { k8sUser: 'mallory' },
        'give the account of NAME to another identity',
      ],
      [
        'does not make somebody a system account',
        { osUser: 'root' },
        'osUser is the name of a system account',
      ],
    ])('%s', async (does, spec, refusal) => {
      const name = does.replaceAll(' ', '-').slice(-32).replace(/^-/, '');
      await made(server, USERS, user(name));
      const { status, body } = await editor('PATCH', `${USERS}/${name}`, { spec }, MERGE);
      if (refusal === undefined) expect(status).toBe(200);
      else {
        expect([403, 422]).toContain(status);
        expect((body as { message: string }).message).toContain(refusal.replace('NAME', name));
      }
    });

    it('makes a user on a machine, the youngest there', async () => {
      expect((await editor('POST', USERS, user('young', { workstation: 'devvm' }))).status).toBe(201);
    });

    it('says again what is so without being asked for more', async () => {
      await made(server, USERS, user('same', { workstation: 'devvm' }));
      const { spec } = user('same', { workstation: 'devvm', tier: 'admin' });
      expect((await editor('PATCH', `${USERS}/same`, { spec }, MERGE)).status).toBe(200);
    });
  });
});
