/** A reflector behind a proxy that does its worst, while objects change behind its back. */
import type { Fault } from '../../harness/servers/proxy.ts';
import { startApiserver } from '../../harness/servers/kubernetes.ts';
import type { Apiserver } from '../../harness/servers/kubernetes.ts';
import { describeServers } from '../../harness/requirements.ts';
import { CONFIG_MAPS, configMap, copied, reflect, until, untilTrue } from './stage.ts';
import type { ConfigMap, Copy, Stage } from './stage.ts';

const status = (code: number, reason: string): Fault => ({
  kind: 'answer',
  status: code,
  headers: code === 429 ? { 'Retry-After': '2' } : {},
  body: JSON.stringify({ kind: 'Status', status: 'Failure', reason, message: 'staged', code }),
});

/** What befalls every request from then on, once the connections that are open are cut, or stay open and carry nothing. */
interface Trouble {
  readonly before: 'cut' | 'freeze';
  readonly fault?: Fault;
  /** Requests that the trouble meets before it is over. */
  readonly requests: number;
}

const TROUBLES: readonly (readonly [string, Trouble])[] = [
  [
    'is too busy and says when to come again',
    { before: 'cut', fault: status(429, 'TooManyRequests'), requests: 3 },
  ],
  ['fails inside', { before: 'cut', fault: status(500, 'InternalError'), requests: 3 }],
  ['keeps no history so old', { before: 'cut', fault: status(410, 'Expired'), requests: 3 }],
  ['closes every connection', { before: 'cut', fault: { kind: 'reset' }, requests: 3 }],
  [
    'is cut off in the middle of an answer',
    { before: 'cut', fault: { kind: 'cut', after: 700 }, requests: 3 },
  ],
  ['does not answer', { before: 'cut', fault: { kind: 'hang' }, requests: 2 }],
  ['answers a byte at a time', { before: 'cut', fault: { kind: 'drip', every: 2 }, requests: 1 }],
  ['is there no more, on connections that stay open', { before: 'freeze', requests: 1 }],
];

describeServers('a reflector', ['etcd', 'kube-apiserver'], () => {
  let server: Apiserver;
  let stage: Stage;
  let copy: Copy;
  const names = ['kept', 'changed', 'deleted', 'replaced'];
  beforeAll(async () => {
    server = await startApiserver();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    ({ stage, copy } = await copied(server, names));
  });
  afterEach(async () => {
    await copy.stop();
    await stage.end();
  });

  async function edit(): Promise<void> {
    const { api } = stage.direct;
    await api.create(CONFIG_MAPS, configMap('created', 'new'));
    await api.merge(CONFIG_MAPS, 'changed', { data: { value: 'new' } });
    await api.delete(CONFIG_MAPS, 'deleted');
    await api.delete(CONFIG_MAPS, 'replaced');
    await api.create(CONFIG_MAPS, configMap('replaced', 'new'));
  }

  it.each(TROUBLES)('takes nothing for gone and misses nothing of a server that %s', async (_, trouble) => {
    const { proxy, direct } = stage;
    await suffer(trouble);
    expect(names.filter((name) => copy.seen.get(`default/${name}`)?.includes(undefined))).toEqual([]);
    expect(names.filter((name) => copy.reflector.departed(`default/${name}`))).toEqual([]);
    expect(copy.reflector.list()).toHaveLength(names.length);
    await edit();
    await suffer(trouble);
    proxy.fault = () => undefined;
    await untilTrue(copy, direct);
    const lastSeen = (name: string) => copy.seen.get(`default/${name}`)?.at(-1);
    expect(['created', 'changed', 'replaced'].map(lastSeen)).toEqual(['new', 'new', 'new']);
    const departed = (name: string) => copy.reflector.departed(`default/${name}`)?.last.data;
    expect(['replaced', 'deleted'].map(departed)).toEqual([{ value: 'old' }, { value: 'old' }]);
    expect(['kept', 'changed', 'created'].map(departed)).toEqual([undefined, undefined, undefined]);
  });

  async function suffer({ before, fault, requests }: Trouble): Promise<void> {
    const { proxy } = stage;
    const wanted = proxy.requests.length + requests;
    proxy.fault = () => fault;
    proxy[before]();
    await until(
      () => proxy.requests.length >= wanted,
      () => proxy.requests,
    );
  }

  it('goes on after a time of trouble, and says when it begins and ends', async () => {
    const { proxy, direct } = stage;
    proxy.fault = () => status(500, 'InternalError');
    proxy.cut();
    await until(() => copy.troubles.length > 0);
    expect(copy.troubles[0]?.message).toBe(
      'watch configmaps: the API server answered 500, staged: look at its log',
    );
    proxy.fault = () => undefined;
    await until(() => copy.troubles.at(-1) === undefined);
    await direct.api.create(CONFIG_MAPS, configMap('later', 'new'));
    await until(() => copy.reflector.get('default/later') !== undefined);
  });

  it('asks for nothing but its watch once that stands', async () => {
    const { proxy, direct } = stage;
    for (let edits = 0; edits < 20; edits++) {
      await direct.api.merge(CONFIG_MAPS, 'changed', { data: { value: String(edits) } });
    }
    await until(() => copy.seen.get('default/changed')?.at(-1) === '19');
    expect(proxy.requests).toHaveLength(1);
    expect(proxy.requests[0]).toMatch(/^GET \/api\/v1\/namespaces\/default\/configmaps\?watch=true&/);
    expect(proxy.handshakes).toBe(1);
  });

  it('with a selector is told that an object left, be it deleted or only outside now', async () => {
    const { api } = stage.direct;
    const chosen = reflect(stage.through, 'team=a');
    await chosen.reflector.synced();
    await api.create(CONFIG_MAPS, configMap('leaver', 'old', { team: 'a' }));
    await until(() => chosen.reflector.get('default/leaver') !== undefined);
    await api.merge(CONFIG_MAPS, 'leaver', { metadata: { labels: { team: 'b' } } });
    await until(() => chosen.reflector.get('default/leaver') === undefined);
    expect(chosen.reflector.departed('default/leaver')?.by).toBe('event');
    expect(await api.get<ConfigMap>(CONFIG_MAPS, 'leaver')).toBeDefined();
    await api.merge(CONFIG_MAPS, 'leaver', { metadata: { labels: { team: 'a' } } });
    await until(() => chosen.reflector.get('default/leaver') !== undefined);
    expect(chosen.reflector.departed('default/leaver')).toBeUndefined();
    await chosen.stop();
  });
});
