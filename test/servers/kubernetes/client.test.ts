import type { Api } from '../../../src/kubernetes/api.ts';
import { startApiserver } from '../../harness/servers/kubernetes.ts';
import type { Apiserver } from '../../harness/servers/kubernetes.ts';
import { describeServers } from '../../harness/requirements.ts';
import { CONFIG_MAPS, configMap, reflect, setStage, until, untilTrue } from './stage.ts';
import type { ConfigMap, Stage } from './stage.ts';

const NOTHINGS = { group: 'workstation.dev', version: 'v1', plural: 'nothings', kind: 'Nothing' };

describeServers('requests', ['etcd', 'kube-apiserver'], () => {
  let server: Apiserver;
  let stage: Stage;
  let api: Api;
  beforeAll(async () => {
    // Without its cache the server answers from etcd alone, and so has no history but what etcd has kept.
    server = await startApiserver({ flags: ['--watch-cache=false'] });
    stage = await setStage(server);
    api = stage.through.api;
  });
  afterAll(async () => {
    await stage.end();
    await server.stop();
  });
  afterEach(() => {
    stage.proxy.fault = () => undefined;
  });

  it('make, read, change and delete an object, and tell what is not there', async () => {
    const made = await api.create(CONFIG_MAPS, configMap('one', 'a'));
    expect(await api.get<ConfigMap>(CONFIG_MAPS, 'one')).toEqual(made);
    const next = await api.replace(CONFIG_MAPS, { ...made, data: { value: 'b' } });
    await expect(api.replace(CONFIG_MAPS, { ...made, data: { value: 'c' } })).rejects.toMatchObject({
      status: 409,
      reason: 'Conflict',
    });
    await api.merge(CONFIG_MAPS, 'one', { data: { more: 'd' } });
    expect(await api.get<ConfigMap>(CONFIG_MAPS, 'one')).toMatchObject({ data: { value: 'b', more: 'd' } });
    await expect(api.delete(CONFIG_MAPS, 'one', { uid: 'another' })).rejects.toMatchObject({ status: 409 });
    await api.delete(CONFIG_MAPS, 'one', { uid: next.metadata.uid ?? '' });
    await api.delete(CONFIG_MAPS, 'one');
    expect(await api.get(CONFIG_MAPS, 'one')).toBeUndefined();
  });

  it('apply: what another manager has is a conflict, or is taken by force', async () => {
    const wanted = (value: string) => ({ ...configMap('applied', value), metadata: { name: 'applied' } });
    await api.apply(CONFIG_MAPS, wanted('a'), { fieldManager: 'first' });
    const second = api.apply(CONFIG_MAPS, wanted('b'), { fieldManager: 'second' });
    await expect(second).rejects.toMatchObject({ status: 409 });
    const taken = await api.apply<ConfigMap>(CONFIG_MAPS, wanted('b'), {
      fieldManager: 'second',
      force: true,
    });
    expect(taken).toMatchObject({ data: { value: 'b' } });
    expect(taken.metadata).not.toHaveProperty('managedFields');
  });

  it('fail with a sentence, and do not take a kind that is missing for an object that is', async () => {
    await expect(api.get(NOTHINGS, 'x')).rejects.toThrow(
      'read Nothing x: the API server answered 404, 404 page not found: check that it is there, and that its resource definition is installed',
    );
    await expect(api.create(CONFIG_MAPS, configMap('Not A Name'))).rejects.toThrow(
      /^create ConfigMap Not A Name: the API server answered 422, ConfigMap "Not A Name" is invalid: .*: correct what was sent$/,
    );
  });

  it('share one connection', async () => {
    const before = stage.proxy.handshakes;
    for (let times = 0; times < 20; times++) await api.get(CONFIG_MAPS, 'applied');
    expect(stage.proxy.handshakes - before).toBeLessThanOrEqual(1);
    await Promise.all(Array.from({ length: 20 }, () => api.get(CONFIG_MAPS, 'applied')));
    const afterMany = stage.proxy.handshakes;
    await Promise.all(Array.from({ length: 20 }, () => api.get(CONFIG_MAPS, 'applied')));
    expect(stage.proxy.handshakes).toBe(afterMany);
  });

  it('are sent on a new connection when the old one leads nowhere', async () => {
    await api.get(CONFIG_MAPS, 'applied');
    stage.proxy.freeze();
    expect(await api.get(CONFIG_MAPS, 'applied')).toBeDefined();
  });

  it('list page by page, and begin anew when the server has forgotten the first page', async () => {
    const { proxy, direct } = stage;
    const names = Array.from({ length: 1100 }, (_, index) => `page-${index}`);
    await Promise.all(
      Array.from({ length: 20 }, async (_, lane) => {
        for (const name of names.filter((_, index) => index % 20 === lane)) {
          await direct.api.create(CONFIG_MAPS, configMap(name, '', { paged: 'yes' }));
        }
      }),
    );
    let pages = 0;
    proxy.fault = () => {
      pages++;
      // The second page is held up until what it needs is gone; the client tries again, and meets the real refusal.
      return pages === 2 ? { kind: 'answer', status: 503, body: '' } : undefined;
    };
    const listing = api.list(CONFIG_MAPS, { labelSelector: 'paged=yes' });
    await until(() => pages >= 2);
    await server.etcd.compact();
    const found = await listing;
    expect(found.map(({ metadata }) => metadata.name).sort()).toEqual(names.sort());
    expect(found[0]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
    expect(proxy.requests.filter((line) => line.includes('continue=')).length).toBeGreaterThan(2);
    for (const name of names) await direct.api.delete(CONFIG_MAPS, name);
  });

  it('are followed by a list when a watch cannot go on from so long ago', async () => {
    const { proxy, direct } = stage;
    const copy = reflect(stage.through);
    await copy.reflector.synced();
    await direct.api.create(CONFIG_MAPS, configMap('seen'));
    await until(() => copy.reflector.get('default/seen') !== undefined);
    // The next watch would go on from where this one ends, were it not too long ago by then.
    let refused = 0;
    proxy.fault = () => {
      refused++;
      return { kind: 'answer', status: 429, headers: { 'Retry-After': '1' }, body: '' };
    };
    proxy.endWatches();
    await until(() => refused > 0);
    await direct.api.delete(CONFIG_MAPS, 'seen');
    await server.etcd.compact();
    proxy.fault = () => undefined;
    await untilTrue(copy, direct);
    expect(copy.reflector.departed('default/seen')?.by).toBe('absence');
    await copy.stop();
  });
});
