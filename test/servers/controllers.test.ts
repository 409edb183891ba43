import { setTimeout } from 'node:timers/promises';
import { describeServers } from '../harness/requirements.ts';
import { startControllers } from '../harness/servers/controllers.ts';
import type { Controllers } from '../harness/servers/controllers.ts';
import { startApiserver } from '../harness/servers/kubernetes.ts';
import type { Apiserver } from '../harness/servers/kubernetes.ts';

const PROGRAMS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;
const MAPS = '/api/v1/namespaces/default/configmaps';
const ACCOUNTS = '/api/v1/namespaces/default/serviceaccounts';

describeServers('an API server with controllers', PROGRAMS, () => {
  let server: Apiserver;
  let controllers: Controllers;
  beforeAll(async () => {
    server = await startApiserver();
    controllers = await startControllers(server);
  });
  afterAll(async () => {
    await controllers.stop();
    await server.stop();
  });

  it('removes what belongs to an object when that goes', async () => {
    const { body } = await server.request('POST', MAPS, { metadata: { name: 'owner' } });
    const { uid } = (body as { metadata: { uid: string } }).metadata;
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }];
    const owned = { metadata: { name: 'owned', ownerReferences } };
    expect(await server.request('POST', MAPS, owned)).toMatchObject({ status: 201 });
    await server.request('DELETE', `${MAPS}/owner`);

    const isThere = async () => (await server.request('GET', `${MAPS}/owned`)).status === 200;
    const deadline = Date.now() + 60_000;
    while ((await isThere()) && Date.now() < deadline) await setTimeout(50);
    expect(await isThere()).toBe(false);
  });

  it('makes tokens of service accounts, which it knows again', async () => {
    const { body } = await server.request('POST', `${ACCOUNTS}/default/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { audiences: ['https://kubernetes.default.svc'] },
    });
    const { token } = (body as { status: { token: string } }).status;
    const review = await server.request('POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      spec: { token },
    });
    expect(review).toMatchObject({
      body: { status: { authenticated: true, user: { username: 'system:serviceaccount:default:default' } } },
    });
  });
});
