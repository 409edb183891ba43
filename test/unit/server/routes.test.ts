import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { ask, closeAll, run, until, type Running, type Way } from './running.ts';
import { ToldView, user } from './view.ts';

const uid = process.getuid?.() ?? 0;
let view: ToldView;
let server: Running;
let ways: Record<'root' | 'emo' | 'page' | 'probe', Pick<Way, 'socketPath' | 'port'>>;

beforeAll(async () => {
  view = new ToldView(user('emo', uid, { osUser: 'emil' }), user('bea', undefined, { ready: false }));
  server = await run(view, {
    ports: [
      { serves: 'page', address: { host: '127.0.0.1', port: 0 } },
      { serves: 'probe', address: { host: '127.0.0.1', port: 0 }, names: ['devvm'] },
    ],
  });
  const emo = join(server.directory, 'people/emil.sock');
  await until(() => existsSync(emo));
  const [page = 0, probe = 0] = server.ports;
  ways = {
    root: { socketPath: join(server.directory, 'agent.sock') },
    emo: { socketPath: emo },
    page: { port: page },
    probe: { port: probe },
  };
});
afterAll(closeAll);
beforeEach(() => {
  view.asked.length = 0;
  view.ready = true;
});

const names = (body: string) =>
  (JSON.parse(body) as { items: { user: { metadata: { name: string } } }[] }).items.map(
    ({ user }) => user.metadata.name,
  );
const said = (body: string) => (JSON.parse(body) as { error: string }).error;

describe('what is answered to whom', () => {
  const all = { root: 200, emo: 200, page: 200, probe: 200 };
  it.each([
    ['GET', '/v1/status', { root: 200, emo: 403, page: 200, probe: 403 }],
    ['GET', '/v1/users', { root: 200, emo: 200, page: 200, probe: 403 }],
    ['GET', '/v1/users/emo', { root: 200, emo: 200, page: 200, probe: 403 }],
    ['GET', '/v1/users/bea', { root: 200, emo: 403, page: 200, probe: 403 }],
    ['GET', '/v1/users/nobody', { root: 404, emo: 403, page: 404, probe: 403 }],
    ['GET', '/v1/stream/', { root: 404, emo: 404, page: 404, probe: 404 }],
    ['GET', '/', { root: 200, emo: 403, page: 200, probe: 403 }],
    ['HEAD', '/v1/users?watch=1', { root: 200, emo: 200, page: 200, probe: 403 }],
    ['HEAD', '/v1/stream', { root: 200, emo: 403, page: 200, probe: 403 }],
    ['HEAD', '/', { root: 200, emo: 403, page: 200, probe: 403 }],
    ['GET', '/metrics', { root: 200, emo: 403, page: 403, probe: 200 }],
    ['GET', '/healthz', all],
    ['GET', '/livez', all],
    ['GET', '/readyz', all],
    ['POST', '/v1/reconcile', { root: 202, emo: 403, page: 403, probe: 403 }],
    ['POST', '/v1/approve', { root: 200, emo: 403, page: 403, probe: 403 }],
    ['POST', '/v1/release', { root: 400, emo: 403, page: 403, probe: 403 }],
    ['POST', '/v1/status', { root: 405, emo: 403, page: 405, probe: 403 }],
    ['GET', '/v1/approve', { root: 405, emo: 403, page: 403, probe: 403 }],
    ['GET', '/v1/elsewhere', { root: 404, emo: 404, page: 404, probe: 404 }],
    ['GET', '/v1/users/%00%2e%2e', { root: 404, emo: 403, page: 404, probe: 403 }],
    ['GET', '/v1/users/%zz', { root: 404, emo: 404, page: 404, probe: 404 }],
    ['GET', '/v1/users/a/b', { root: 404, emo: 404, page: 404, probe: 404 }],
  ])('%s %s', async (method, path, statuses) => {
    for (const [name, status] of Object.entries(statuses)) {
      const body = method === 'POST' ? '{}' : undefined;
      const answer = await ask({ ...ways[name as keyof typeof ways], method, path, ...(body && { body }) });
      expect([name, answer.status]).toEqual([name, status]);
      if (status >= 400 && method !== 'HEAD') expect(said(answer.body)).toMatch(/^[a-z].*: .*[^.]$/);
    }
  });

  it('is about themself where a person asks', async () => {
    expect(names((await ask({ ...ways.emo, path: '/v1/users' })).body)).toEqual(['emo']);
    expect(names((await ask({ ...ways.root, path: '/v1/users' })).body)).toEqual(['emo', 'bea']);
  });

  it('does not tell a person who else is known', async () => {
    const about = async (name: string) =>
      said((await ask({ ...ways.emo, path: `/v1/users/${name}` })).body).replace(name, 'X');
    expect(await about('bea')).toBe(await about('nobody'));
  });
});

describe('what is asked for', () => {
  const post = (path: string, body: string) => ask({ ...ways.root, method: 'POST', path, body });

  it('is a pass of one, or of everybody', async () => {
    expect((await post('/v1/reconcile', '{"name":"emo"}')).status).toBe(202);
    expect((await post('/v1/reconcile', '{}')).status).toBe(202);
    expect(view.asked).toEqual([
      ['reconcile', 'emo'],
      ['reconcile', undefined],
    ]);
    const unknown = await post('/v1/reconcile', '{"name":"nobody"}');
    expect(unknown.status).toBe(404);
    expect(said(unknown.body)).toBe('ask for a pass of "nobody": nobody is known by that name');
  });

  it('is an approval', async () => {
    expect(JSON.parse((await post('/v1/approve', '{}')).body)).toEqual({ osUsers: ['old', 'older'] });
  });

  it('is a release, or is refused with its reason', async () => {
    expect((await post('/v1/release', '{"osUser":"gone"}')).status).toBe(200);
    const refused = await post('/v1/release', '{"osUser":"emo"}');
    expect([refused.status, said(refused.body)]).toEqual([409, 'release emo: nothing is held']);
  });

  it('fails without telling more than the log is told', async () => {
    const failed = await post('/v1/release', '{"osUser":"broken"}');
    expect([failed.status, said(failed.body)]).toEqual([500, 'answer: the agent failed, see its log']);
    expect(server.log).toEqual(['error answer POST /v1/release: a secret of the inside']);
  });

  it.each([
    ['{', 400, 'read the request: it must be a JSON object'],
    ['[]', 400, 'read the request: it must be a JSON object'],
    ['{"name":7}', 400, 'read the request: found the number 7 as name, must be a text'],
    ['{"nam":"emo"}', 400, 'read the request: found "nam", which is not known here'],
    [`{"name":"x"}${' '.repeat(5000)}`, 413, 'read the request: its body is larger than 4096 bytes'],
  ])('is refused where it says %j', async (body, status, message) => {
    const answer = await post('/v1/reconcile', body);
    expect([answer.status, said(answer.body)]).toEqual([status, message]);
    expect(view.asked).toEqual([]);
  });

  it('says nothing more where nothing more is known', async () => {
    expect((await post('/v1/approve', '{"all":true}')).status).toBe(400);
    expect((await ask({ ...ways.root, path: '/v1/users?watch=maybe' })).status).toBe(400);
    expect(view.asked).toEqual([]);
  });
});

describe('health', () => {
  it('says when the agent is not ready, while it is alive', async () => {
    view.ready = false;
    const answers = await Promise.all(
      ['/readyz', '/livez', '/healthz'].map((path) => ask({ ...ways.probe, path })),
    );
    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [503, 'not ready\n'],
      [200, 'ok\n'],
      [200, 'ok\n'],
    ]);
  });
});

describe('metrics', () => {
  it('tell how people stand', async () => {
    const { body, headers } = await ask({ ...ways.probe, path: '/metrics' });
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    for (const line of [
      'workstation_build_info{version="1.2.3"} 1',
      'workstation_users{ready="True"} 1',
      'workstation_users{ready="False"} 1',
      'workstation_users{ready="Unknown"} 0',
      'workstation_departed_users 1',
      'workstation_held_removals 2',
      'workstation_source_trouble 0',
    ])
      expect(body.split('\n')).toContain(line);
  });
});

describe('requests that another site’s page could send', () => {
  it.each([
    ['Host', { Host: 'evil.example:8080' }, 421],
    ['Host', { Host: 'localhost.evil.example' }, 421],
    ['Origin', { Origin: 'http://evil.example' }, 403],
    ['Origin', { Host: 'localhost', Origin: 'null' }, 403],
    ['Content-Type', { 'Content-Type': 'text/plain' }, 415],
    ['Content-Type', { 'Content-Type': 'application/x-www-form-urlencoded' }, 415],
  ])('are refused by their %s: %j', async (_, headers, status) => {
    const answer = await ask({ ...ways.root, method: 'POST', path: '/v1/approve', body: '{}', headers });
    expect(answer.status).toBe(status);
    expect(view.asked).toEqual([]);
  });

  it.each([
    ['localhost', 'page', 200],
    ['localhost:8080', 'page', 200],
    ['[::1]:8080', 'page', 200],
    ['10.0.0.7:9469', 'probe', 200],
    ['devvm:9469', 'probe', 200],
    ['devvm', 'page', 421],
  ] as const)('are told from those that name %s', async (Host, way, status) => {
    expect((await ask({ ...ways[way], path: '/healthz', headers: { Host } })).status).toBe(status);
  });

  it('do not keep this site’s own from asking', async () => {
    const headers = { Host: 'localhost:8080', Origin: 'http://localhost:8080' };
    expect((await ask({ ...ways.page, path: '/v1/status', headers })).status).toBe(200);
  });

  it('find every answer protected', async () => {
    for (const path of ['/', '/v1/status', '/nowhere']) {
      const { headers } = await ask({ ...ways.page, path });
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': expect.stringMatching(/^default-src 'none';.*frame-ancestors 'none'$/),
        'cross-origin-resource-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
      });
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });
});
