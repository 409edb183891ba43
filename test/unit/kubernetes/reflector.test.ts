import { jest } from '@jest/globals';
import type { KubernetesObject } from '../../../src/kubernetes/objects.ts';
import { Reflector, type ReflectorOptions } from '../../../src/kubernetes/reflector.ts';
import { FakeClock } from '../controller/fake-clock.ts';
import {
  allSent,
  bookmark,
  broken,
  event,
  FakeTransport,
  refused,
  settle,
  status,
  thing,
} from './fake-transport.ts';

const THINGS = { group: 'test', version: 'v1', plural: 'things', kind: 'Thing' };
const SECOND = 1000;

let stopping: AbortController;
let transport: FakeTransport;
let clock: FakeClock;
let reflector: Reflector<KubernetesObject>;
let told: string[];
let troubles: (string | undefined)[];

function start(options: Partial<ReflectorOptions> = {}): void {
  reflector = new Reflector({
    transport,
    clock,
    resource: THINGS,
    random: () => 0,
    onChange: (key) => told.push(key),
    onTrouble: (trouble) => troubles.push(trouble?.message),
    ...options,
  });
  void reflector.run(stopping.signal);
}

/** What the last watch brings. */
async function say(...lines: object[]): Promise<void> {
  for (const line of lines) transport.last.send(line);
  await settle();
}

/** A reflector that has seen `a` and `b`, as of version 10. */
async function synced(): Promise<void> {
  start();
  await settle();
  await say(event('ADDED', 'a', '5'), event('ADDED', 'b', '5'), allSent('10'));
  told.length = 0;
}

async function pass(ms: number): Promise<void> {
  clock.advance(ms);
  await settle();
}

/** A watch that brings a bookmark a minute, up to version 15, for as long as it was asked for. */
async function endInTime(): Promise<void> {
  for (let minute = 1; minute <= 5; minute++) {
    await pass(60 * SECOND);
    await say(bookmark(`${10 + minute}`));
  }
  transport.last.end();
  await settle();
}

const versions = () => reflector.list().map(({ metadata }) => `${metadata.name}:${metadata.resourceVersion}`);

beforeEach(() => {
  stopping = new AbortController();
  transport = new FakeTransport();
  clock = new FakeClock();
  told = [];
  troubles = [];
});
afterEach(async () => {
  stopping.abort();
  await settle();
  expect(clock.timers).toBe(0);
});

describe('a first sync', () => {
  it('is there when the server says that all has come, not before', async () => {
    start({ selectors: { fieldSelector: 'spec.x=y' } });
    await settle();
    expect(transport.last.query).toEqual({
      watch: true,
      allowWatchBookmarks: true,
      timeoutSeconds: 300,
      sendInitialEvents: true,
      resourceVersionMatch: 'NotOlderThan',
      fieldSelector: 'spec.x=y',
    });
    await say(event('ADDED', 'a', '5'));
    expect([reflector.hasSynced, reflector.list(), told]).toEqual([false, [], []]);
    transport.last.send(allSent('10'));
    await reflector.synced();
    expect([reflector.hasSynced, versions(), told]).toEqual([true, ['a:5'], ['a']]);
    expect(transport.lists).toEqual([]);
  });

  it.each([
    ['refuses to send it in a watch', (fake: FakeTransport) => (fake.refusal = refused(422))],
    ['knows nothing of it', () => undefined],
  ])('comes of a list in pages where the server %s', async (_, prepare) => {
    const pages = [
      { items: [thing('a', '5')], metadata: { resourceVersion: '10', continue: 'more' } },
      { items: [thing('b', '6')], metadata: { resourceVersion: '10' } },
    ];
    transport.page = () => pages.shift();
    prepare(transport);
    start();
    await settle();
    if (transport.refusal === undefined) transport.last.send(bookmark('7'));
    transport.refusal = undefined;
    await settle();
    expect(transport.lists).toEqual([{ limit: 500 }, { limit: 500, continue: 'more' }]);
    expect(versions()).toEqual(['a:5', 'b:6']);
    expect(transport.last.query).toMatchObject({ resourceVersion: '10' });
  });

  it('that is cut short counts for nothing', async () => {
    start();
    await settle();
    transport.last.send(event('ADDED', 'a', '5'));
    transport.last.end();
    await settle();
    expect([reflector.hasSynced, told]).toEqual([false, []]);
    await pass(799);
    expect(transport.watches).toHaveLength(1);
    await pass(1);
    expect(transport.watches).toHaveLength(2);
    expect(transport.last.query).toHaveProperty('sendInitialEvents');
  });

  it('can be waited for no longer than one likes', async () => {
    start();
    const limit = AbortSignal.abort(new Error('enough'));
    await expect(reflector.synced(limit)).rejects.toThrow('enough');
  });
});

describe('a watch', () => {
  beforeEach(synced);

  it('tells each change by its key, and knows the state after it', async () => {
    await say(event('ADDED', 'c', '11'), event('MODIFIED', 'a', '12'), event('DELETED', 'b', '13'));
    expect(told).toEqual(['c', 'a', 'b']);
    expect(versions()).toEqual(['a:12', 'c:11']);
    expect(reflector.departed('b')).toEqual({ last: thing('b', '13'), by: 'event' });
  });

  it('says nothing of what it knew already', async () => {
    await say(event('MODIFIED', 'a', '5'));
    expect(told).toEqual([]);
  });

  it('sees another object in the place of one whose deletion it missed', async () => {
    await say(event('MODIFIED', 'a', '12', 'a-2'));
    expect(told).toEqual(['a']);
    expect(reflector.departed('a')).toEqual({ last: thing('a', '5'), by: 'replacement' });
  });

  it('does not take a late word about the object before for one about that which is there', async () => {
    await say(event('MODIFIED', 'a', '12', 'a-2'), event('DELETED', 'a', '11', 'a-1'));
    expect(reflector.get('a')).toEqual(thing('a', '12', 'a-2'));
  });

  it('lives on when a listener throws', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    transport.last.end();
    stopping.abort();
    await settle();
    stopping = new AbortController();
    start({
      onChange: (key) => {
        told.push(key);
        throw new Error('of a listener');
      },
    });
    await settle();
    await say(event('ADDED', 'a', '5'), allSent('10'), event('ADDED', 'b', '11'));
    expect(told).toEqual(['a', 'b']);
    expect(warn.mock.calls[0]?.[0]).toMatch(/^tell of things "a": the listener threw Error: of a listener/);
    warn.mockRestore();
  });

  it.each([
    ['brings nothing for a while', () => pass(90 * SECOND)],
    [
      'ends before its time',
      async () => {
        transport.last.send(bookmark('10'));
        transport.last.end();
        await settle();
      },
    ],
  ])('that %s goes on where it was, unless the server has not come so far yet', async (_, happen) => {
    await happen();
    expect(transport.watches[0]?.isClosed).toBe(true);
    expect(transport.lists.at(-1)).toEqual({ limit: 1 });
    expect(transport.last.query).toMatchObject({ resourceVersion: '10' });
    transport.page = () => ({ items: [], metadata: { resourceVersion: '9' } });
    await happen();
    expect(transport.last.query).toHaveProperty('sendInitialEvents');
    expect(troubles).toEqual([]);
  });

  it('that brings a bookmark a minute stays, and when it ends in time another goes on from the last', async () => {
    await endInTime();
    expect(transport.watches).toHaveLength(2);
    expect(transport.last.query).toMatchObject({ resourceVersion: '15' });
    expect(transport.last.query).not.toHaveProperty('sendInitialEvents');
    expect(transport.lists).toEqual([]);
  });
});

describe('after a failure', () => {
  beforeEach(synced);

  it.each([
    ['the connection breaks', broken(), 800],
    ['the server fails in the middle', status(500), 800],
    ['what the server sends is no event', { type: 'STRANGE', object: {} }, 800],
    ['the history is gone', status(410, 'Expired'), 0],
  ])('everything is listed, when %s', async (_, failure, wait) => {
    if (failure instanceof Error) transport.last.end(failure);
    else transport.last.send(failure);
    await settle();
    if (wait > 0) {
      await pass(wait - 1);
      expect(transport.watches).toHaveLength(1);
      await pass(1);
    }
    expect(transport.watches).toHaveLength(2);
    expect(transport.last.query).toHaveProperty('sendInitialEvents');
    await say(event('ADDED', 'a', '12'), event('ADDED', 'c', '11'), allSent('20'));
    expect(told).toEqual(['a', 'c', 'b']);
    expect(reflector.departed('b')).toEqual({ last: thing('b', '5'), by: 'absence' });
    expect(reflector.departed('a')).toBeUndefined();
  });

  it.each([429, 500, 503])('a watch goes on where it was when it was refused with %i', async (code) => {
    transport.refusal = refused(code, 2 * SECOND);
    await endInTime();
    await pass(2 * SECOND - 1);
    expect(transport.watches).toHaveLength(2);
    transport.refusal = undefined;
    await pass(1);
    expect(transport.watches).toHaveLength(3);
    expect(transport.last.query).toMatchObject({ resourceVersion: '15' });
    expect(transport.lists).toEqual([{ limit: 1 }]);
  });

  it('it waits longer each time, up to half a minute, and tells of the second and the end', async () => {
    transport.refusal = refused(503);
    transport.last.end();
    await settle();
    const waits: number[] = [];
    for (let before = clock.now(); waits.length < 8; before = clock.now()) {
      const opened = transport.watches.length;
      while (transport.watches.length === opened) await pass(100);
      waits.push(clock.now() - before);
    }
    expect(waits).toEqual([800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
    expect(new Set(troubles)).toEqual(new Set(['watch things: staged']));
    transport.refusal = undefined;
    await pass(30_000);
    await say(allSent('30'));
    expect(troubles.at(-1)).toBeUndefined();
  });

  it.each([
    ['a list that shows an older history', '7', () => undefined],
    ['a list of a server that is known to have been set back', '12', () => reflector.setBack()],
  ])('%s concludes nothing from what is missing, and looks at all anew', async (_, version, happen) => {
    happen();
    transport.last.end(broken());
    await settle();
    await pass(800);
    await say(event('ADDED', 'a', '5'), allSent(version));
    expect(told).toEqual(['a', 'b']);
    expect(reflector.departed('b')?.by).toBe('rewind');
    await say(event('ADDED', 'b', '8'));
    expect(reflector.departed('b')).toBeUndefined();
  });
});
