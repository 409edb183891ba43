import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../../src/kubernetes/connect.ts';
import type { Connection } from '../../../src/kubernetes/connect.ts';
import { startApiserver } from '../../harness/servers/kubernetes.ts';
import type { Apiserver } from '../../harness/servers/kubernetes.ts';
import { describeServers } from '../../harness/requirements.ts';
import { CONFIG_MAPS, configMap, FAST, reflect, until } from './stage.ts';

/** Tokens of service accounts are bound to a Secret here, so that they end when it does, not after ten minutes. */
describeServers('a token of a service account', ['etcd', 'kube-apiserver'], () => {
  let server: Apiserver;
  let directory: string;
  beforeAll(async () => {
    server = await startApiserver();
    await server.request('POST', '/api/v1/namespaces/default/serviceaccounts', {
      metadata: { name: 'agent' },
    });
    await server.request('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      metadata: { name: 'agent' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name: 'agent', namespace: 'default' }],
    });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'workstation-pod-'));
    await writeFile(join(directory, 'ca.crt'), server.ca);
  });
  afterEach(() => rm(directory, { recursive: true }));

  const SECRETS = '/api/v1/namespaces/default/secrets';

  /** Puts a new token where `file` is, in one step, as the kubelet does. */
  async function rotate(file: string, secret: string): Promise<void> {
    const made = await server.request('POST', SECRETS, { metadata: { name: secret } });
    const { uid } = (made.body as { metadata: { uid: string } }).metadata;
    const asked = { spec: { boundObjectRef: { kind: 'Secret', apiVersion: 'v1', name: secret, uid } } };
    const path = '/api/v1/namespaces/default/serviceaccounts/agent/token';
    const { body } = await server.request('POST', path, asked);
    const { token } = (body as { status: { token: string } }).status;
    await writeFile(`${file}.new`, `${token}\n`);
    await rename(`${file}.new`, file);
  }

  const inPod = (): Promise<Connection> => {
    const { hostname, port } = new URL(server.url);
    const env = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
    return connect({ env, serviceAccount: directory, clock: FAST });
  };

  const withKubeconfig = async (): Promise<Connection> => {
    const path = join(directory, 'kubeconfig');
    const cluster = { server: server.url, 'certificate-authority': 'ca.crt' };
    const config = {
      clusters: [{ name: 'test', cluster }],
      users: [{ name: 'agent', user: { tokenFile: 'token' } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'agent' } }],
      'current-context': 'test',
    };
    await writeFile(path, JSON.stringify(config));
    return connect({ kubeconfig: path, clock: FAST });
  };

  it.each([
    ['of a pod', inPod],
    ['named by a kubeconfig', withKubeconfig],
  ])('%s that ends is replaced by the one that stands there then', async (where, open) => {
    const token = join(directory, 'token');
    const first = where.replaceAll(' ', '-');
    await rotate(token, first);
    const connection = await open();
    const copy = reflect(connection);
    await copy.reflector.synced();
    await server.request('DELETE', `${SECRETS}/${first}`);
    await until(async () => !(await works(connection)));
    await expect(connection.api.get(CONFIG_MAPS, 'x')).rejects.toThrow(
      'read ConfigMap x: the API server answered 401, Unauthorized: renew the credentials',
    );
    await rotate(token, `${first}-2`);
    expect(await works(connection)).toBe(true);
    await connection.api.create(CONFIG_MAPS, configMap(first));
    await until(() => copy.reflector.get(`default/${first}`) !== undefined);
    await copy.stop();
    connection.close();
  });

  it('is read again before it ends, so that no request is refused', async () => {
    const statuses: number[] = [];
    await rotate(join(directory, 'token'), 'early');
    const { hostname, port } = new URL(server.url);
    const connection = await connect({
      env: { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port },
      serviceAccount: directory,
      clock: FAST,
      onExchange: ({ status }) => statuses.push(status),
    });
    await connection.api.get(CONFIG_MAPS, 'x');
    await rotate(join(directory, 'token'), 'early-2');
    const rotated = FAST.now();
    await until(() => FAST.now() - rotated > 10_000);
    await server.request('DELETE', `${SECRETS}/early`);
    for (let times = 0; times < 20; times++) await connection.api.get(CONFIG_MAPS, 'x');
    expect(new Set(statuses)).toEqual(new Set([404]));
    connection.close();
  });

  it('is nowhere in what is said of its refusal', async () => {
    await writeFile(join(directory, 'token'), 'a-token-that-nobody-knows');
    const connection = await inPod();
    const refused = connection.api.get(CONFIG_MAPS, 'x');
    await expect(refused).rejects.toMatchObject({ status: 401 });
    await expect(refused).rejects.not.toThrow('a-token-that-nobody-knows');
    connection.close();
  });

  async function works({ api }: Connection): Promise<boolean> {
    return api.get(CONFIG_MAPS, 'x').then(
      () => true,
      () => false,
    );
  }
});
