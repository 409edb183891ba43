import type { IncomingMessage } from 'node:http';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { StatusView, WatchEvent } from '../../../src/agent/view.ts';
import { fold } from '../../../src/server/routes/watch.ts';
import { closeAll, open, run, until } from './running.ts';
import { ToldView, user } from './view.ts';

afterEach(closeAll);

/** Timers that fire when a test says so. */
class Timers {
  readonly #set = new Map<() => void, number>();
  readonly setTimer = (fn: () => void, ms: number) => {
    const fire = () => fn();
    this.#set.set(fire, ms);
    return () => void this.#set.delete(fire);
  };
  get waiting(): number[] {
    return [...this.#set.values()];
  }
  fire(ms: number): void {
    for (const [fn] of [...this.#set].filter(([, each]) => each === ms)) {
      this.#set.delete(fn);
      fn();
    }
  }
}

async function setUp(...users: Parameters<typeof user>[]) {
  const view = new ToldView(...users.map((each) => user(...each)));
  const timers = new Timers();
  const { directory } = await run(view, { setTimer: timers.setTimer });
  const before = view.audience;
  return { view, timers, directory, root: join(directory, 'agent.sock'), before };
}

/** What has come so far, as text. */
function collect(response: IncomingMessage): () => string {
  let all = '';
  response.setEncoding('utf8').on('data', (piece: string) => (all += piece));
  response.on('error', () => undefined);
  return () => all;
}

const lines = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as WatchEvent)
    .map(({ type, object }) => `${type} ${object.metadata.name}`);

/** So large that a few of them fill a socket. */
function large(name: string, size = 100_000) {
  const plain = user(name, undefined);
  return { ...plain, spec: { ...plain.spec, namespaces: ['x'.repeat(size)] } };
}

describe('a watch', () => {
  it('tells who is known, and then what changes, until its reader leaves', async () => {
    const { view, root, before } = await setUp(['emo', undefined], ['bea', undefined]);
    const response = await open({ socketPath: root, path: '/v1/users?watch=1' });
    const text = collect(response);
    expect(response.headers['content-type']).toBe('application/x-ndjson; charset=utf-8');
    view.tell('MODIFIED', user('emo', undefined));
    view.tell('ADDED', user('cyd', undefined));
    view.tell('DELETED', user('bea', undefined));
    await until(() => lines(text()).length === 5);
    expect(lines(text())).toEqual(['ADDED emo', 'ADDED bea', 'MODIFIED emo', 'ADDED cyd', 'DELETED bea']);
    response.destroy();
    await until(() => view.audience === before);
  });

  it.each(['/v1/users?watch=1', '/v1/stream'])(
    'is not begun where only its headers are asked for: %s',
    async (path) => {
      const { view, root, before } = await setUp(['emo', undefined]);
      const response = await open({ socketPath: root, method: 'HEAD', path });
      expect(response.statusCode).toBe(200);
      expect(view.audience).toBe(before);
    },
  );

  it('is about themself where a person asks', async () => {
    const { view, directory } = await setUp(['emo', process.getuid?.()], ['bea', undefined]);
    const socketPath = join(directory, 'people/emo.sock');
    await until(() => existsSync(socketPath));
    const text = collect(await open({ socketPath, path: '/v1/users?watch=true' }));
    view.tell('MODIFIED', user('bea', undefined));
    view.tell('MODIFIED', user('emo', process.getuid?.()));
    await until(() => lines(text()).length === 2);
    expect(lines(text())).toEqual(['ADDED emo', 'MODIFIED emo']);
  });

  it('keeps for a slow reader the newest state of each user, and nothing more', async () => {
    const { view, timers, root } = await setUp();
    const response = await open({ socketPath: root, path: '/v1/users?watch=1' });
    response.pause();
    // The socket is full once the server waits for its reader.
    for (let i = 0; !timers.waiting.includes(30_000); i++) {
      view.tell('ADDED', large(`filler${i}`));
      await until(() => true);
    }
    for (let i = 0; i < 1000; i++) view.tell(i === 0 ? 'ADDED' : 'MODIFIED', large('emo', i));
    view.tell('ADDED', user('brief', undefined));
    view.tell('DELETED', user('brief', undefined));
    view.tell('ADDED', user('last', undefined));
    const text = collect(response);
    response.resume();
    await until(() => text().includes('"name":"last"') && text().endsWith('\n'));
    const told = lines(text()).filter((line) => !line.includes('filler'));
    expect(told).toEqual(['ADDED emo', 'ADDED last']);
    expect(text()).toContain(`"namespaces":["${'x'.repeat(999)}"]`);
  });

  it('lets go of a reader that stands still', async () => {
    const { view, timers, root, before } = await setUp();
    const response = await open({ socketPath: root, path: '/v1/users?watch=1' });
    response.pause();
    for (let i = 0; !timers.waiting.includes(30_000); i++) {
      view.tell('ADDED', large(`filler${i}`));
      await until(() => true);
    }
    timers.fire(30_000);
    await until(() => view.audience === before);
    expect(timers.waiting).toEqual([]);
  });

  const [older, newer] = [user('emo', 1), user('emo', 2)];
  it.each([
    ['ADDED', 'MODIFIED', 'ADDED'],
    ['ADDED', 'DELETED', undefined],
    ['MODIFIED', 'MODIFIED', 'MODIFIED'],
    ['MODIFIED', 'DELETED', 'DELETED'],
    ['DELETED', 'ADDED', 'MODIFIED'],
  ] as const)('tells %s and %s that wait as %s', (first, second, told) => {
    const pending = new Map<string, WatchEvent>();
    fold(pending, 'emo', { type: first, object: older });
    fold(pending, 'emo', { type: second, object: newer });
    expect(pending.get('emo')).toEqual(told && { type: told, object: newer });
  });
});

describe('the stream of the status', () => {
  const statuses = (text: string) =>
    text
      .split('\n\n')
      .filter((event) => event.startsWith('data: '))
      .map((event) => JSON.parse(event.slice('data: '.length)) as StatusView)
      .map(({ users }) => users.map(({ user }) => user.metadata.name).join(' '));

  it('tells all at once, and then what changed, at most twice a second', async () => {
    const { view, timers, root, before } = await setUp(['emo', undefined]);
    const response = await open({ socketPath: root, path: '/v1/stream' });
    const text = collect(response);
    expect(response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    await until(() => statuses(text()).length === 1);
    view.tell('ADDED', user('bea', undefined));
    await until(() => statuses(text()).length === 2);
    view.tell('ADDED', user('cyd', undefined));
    view.tell('ADDED', user('dan', undefined));
    timers.fire(500);
    await until(() => statuses(text()).length === 3);
    timers.fire(500);
    expect(statuses(text())).toEqual(['emo', 'emo bea', 'emo bea cyd dan']);
    expect(timers.waiting).toEqual([15_000]);
    response.destroy();
    await until(() => view.audience === before);
    expect(timers.waiting).toEqual([]);
  });

  it('says nothing when nothing is different', async () => {
    const { view, timers, root } = await setUp(['emo', undefined]);
    const text = collect(await open({ socketPath: root, path: '/v1/stream' }));
    await until(() => statuses(text()).length === 1);
    view.tell('MODIFIED', user('emo', undefined));
    timers.fire(500);
    view.tell('ADDED', user('bea', undefined));
    await until(() => statuses(text()).length > 1);
    expect(statuses(text())).toEqual(['emo', 'emo bea']);
  });

  it('shows that it is alive while nothing changes', async () => {
    const { timers, root } = await setUp();
    const text = collect(await open({ socketPath: root, path: '/v1/stream' }));
    await until(() => statuses(text()).length === 1);
    for (const _ of [1, 2]) timers.fire(15_000);
    await until(() => text().match(/^event: ping$/gm)?.length === 2);
  });

  it('is newest for whoever joins late, and for whoever was slow', async () => {
    const { view, timers, root } = await setUp(['emo', undefined]);
    const slow = await open({ socketPath: root, path: '/v1/stream' });
    slow.pause();
    for (let i = 0; !timers.waiting.includes(30_000); i++) {
      view.tell('ADDED', large('filler', 100_000 + i));
      await until(() => true);
      timers.fire(500);
    }
    view.tell('DELETED', large('filler'));
    timers.fire(500);
    view.tell('ADDED', user('bea', undefined));
    timers.fire(500);
    const late = collect(await open({ socketPath: root, path: '/v1/stream' }));
    await until(() => statuses(late()).length === 1);
    expect(statuses(late())).toEqual(['emo bea']);
    const text = collect(slow);
    slow.resume();
    await until(() => statuses(text()).at(-1) === 'emo bea');
  });
});
