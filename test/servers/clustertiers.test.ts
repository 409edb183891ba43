import { readFileSync } from 'node:fs';
import { readClusterTiers } from '../../src/host/clustertiers.ts';
import { describeServers } from '../harness/requirements.ts';
import { startApiserver, type Apiserver } from '../harness/servers/kubernetes.ts';

const SOURCE = { configMap: { namespace: 'default', name: 'people', field: 'tiers', key: 'role' } };

let server: Apiserver;

function read(change: object = {}, kubeconfig = (text: string) => text) {
  const readFile = (path: string) => kubeconfig(readFileSync(path, 'utf8'));
  return readClusterTiers(
    { configMap: { ...SOURCE.configMap, ...change } },
    { kubeconfig: server.kubeconfig, readFile },
  );
}

describeServers('the tiers in a ConfigMap', ['etcd', 'kube-apiserver'], () => {
  beforeAll(async () => {
    server = await startApiserver();
    const tiers = JSON.stringify({ ada: { role: 'power-user' }, bob: null, cyd: 7 });
    await server.request('POST', '/api/v1/namespaces/default/configmaps', {
      metadata: { name: 'people' },
      data: { tiers, prose: 'none' },
    });
  });
  afterAll(() => server.stop());

  it('are read with the credentials and the authority of a kubeconfig', async () => {
    expect(await read()).toEqual({
      kind: 'read',
      tiers: new Map([['ada', 'power-user']]),
      problems: [expect.stringContaining('"cyd"')],
    });
  });

  it.each<[string, object, (text: string) => string, RegExp]>([
    [
      'it is not there',
      { name: 'gone' },
      String,
      /the ConfigMap default\/gone: the API server answered 404: create it$/,
    ],
    ['it lacks the field', { field: 'gone' }, String, /it has no field "gone": add it$/],
    ['the field is no map', { field: 'prose' }, String, /no object from cluster user to tier: correct it$/],
    [
      'the credentials are wrong',
      {},
      (text) => text.replace(/"token":"\w+"/, '"token":"other"'),
      /answered 401: renew the credentials/,
    ],
    [
      'the authority is another',
      {},
      (text) => text.replace(/,"certificate-authority-data":"[^"]+"/, ''),
      /reach https:\/\/127\.0\.0\.1:\d+: .*self-signed certificate/,
    ],
  ])('are a sentence, and no failure, when %s', async (_, change, kubeconfig, message) => {
    expect(await read(change, kubeconfig)).toEqual({
      kind: 'unreadable',
      message: expect.stringMatching(message),
    });
  });

  it('are a sentence while the API server is away', async () => {
    await server.outage(async () => {
      expect(await read()).toEqual({
        kind: 'unreadable',
        message: expect.stringMatching(/it refuses connections$/),
      });
    });
    expect(await read()).toMatchObject({ kind: 'read' });
  });
});
