import { jest } from '@jest/globals';
import { ApiError } from '../../../src/kubernetes/api.ts';
import type { Happening, KubernetesEvent } from '../../../src/kubernetes/happening.ts';
import { Recorder } from '../../../src/kubernetes/recorder.ts';
import { FakeClock } from '../controller/fake-clock.ts';
import { settle } from './fake-transport.ts';
import { MemoryApi } from './memory-api.ts';

const MINUTE = 60_000;
const happening = (note: string, name = 'ada'): Happening => ({
  regarding: { apiVersion: 'test/v1', kind: 'Thing', name, uid: `${name}-1` },
  type: 'Normal',
  reason: 'DriftRepaired',
  action: 'Reconcile',
  note,
});

let clock: FakeClock;
let api: MemoryApi;
let recorder: Recorder;
let dropped: string[];

beforeEach(() => {
  clock = new FakeClock();
  api = new MemoryApi();
  dropped = [];
  recorder = new Recorder({
    api,
    clock,
    wall: () => clock.now(),
    reporter: { controller: 'test.dev/agent', instance: 'machine' },
    onDrop: ({ note }, why) => dropped.push(`${note}: ${why}`),
  });
});
afterEach(() => recorder.close(AbortSignal.timeout(1000)));

const events = () => [...api.objects.values()] as KubernetesEvent[];
const counts = () => events().map(({ series }) => series?.count ?? 1);

async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= MINUTE) {
    clock.advance(Math.min(left, MINUTE));
    await settle();
  }
}

describe('a recorder', () => {
  it('tells a happening as an Event', async () => {
    recorder.record({ ...happening('a\nb'), at: 1_000_000 });
    await settle();
    expect(events()).toEqual([
      {
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: {
          name: expect.stringMatching(/^ada\.[0-9a-f]{16}$/),
          namespace: 'default',
          resourceVersion: '1',
        },
        eventTime: '1970-01-01T00:16:40.000000Z',
        reportingController: 'test.dev/agent',
        reportingInstance: 'machine',
        regarding: { apiVersion: 'test/v1', kind: 'Thing', name: 'ada', uid: 'ada-1' },
        type: 'Normal',
        reason: 'DriftRepaired',
        action: 'Reconcile',
        note: 'a b',
      },
    ]);
  });

  it('counts the same thing on one Event: the first repeat at once, the others when it is over', async () => {
    recorder.record(happening('again'));
    await settle();
    recorder.record(happening('again'));
    await settle();
    expect(counts()).toEqual([2]);
    for (let times = 0; times < 8; times++) recorder.record(happening('again'));
    await settle();
    expect([counts(), api.requests.length]).toEqual([[2], 2]);
    await pass(6 * MINUTE);
    expect([counts(), api.requests.length]).toEqual([[10], 3]);
    recorder.record(happening('again'));
    await settle();
    expect(counts()).toEqual([10, 1]);
  });

  it('tells of what goes on every half hour', async () => {
    for (let minutes = 0; minutes < 61; minutes++) {
      recorder.record(happening('on and on'));
      await pass(MINUTE);
    }
    expect(api.requests.length).toBeLessThanOrEqual(4);
    expect(counts()[0]).toBeGreaterThan(30);
  });

  it('keeps what it could not tell while the server is away, folded', async () => {
    api.trouble = new ApiError('reach it', { status: 0 });
    for (let times = 0; times < 5; times++) recorder.record(happening('meanwhile'));
    await pass(3 * MINUTE);
    expect(events()).toEqual([]);
    api.trouble = undefined;
    await pass(2 * MINUTE);
    expect([counts(), dropped]).toEqual([[5], []]);
  });

  it('makes another Event where the server has forgotten the first', async () => {
    recorder.record(happening('again'));
    await settle();
    api.objects.clear();
    recorder.record(happening('again'));
    await settle();
    clock.advance(1);
    await settle();
    expect(counts()).toEqual([2]);
  });

  it('drops what the server refuses, and says so', async () => {
    api.trouble = new ApiError('create it: forbidden', { status: 403 });
    recorder.record(happening('secret'));
    await settle();
    expect(dropped).toEqual(['secret: create it: forbidden']);
  });

  it('says so much about one object at once, and no less about others', async () => {
    for (let times = 0; times < 30; times++) recorder.record(happening(`note ${times}`));
    recorder.record(happening('of another', 'bob'));
    await settle();
    expect(events()).toHaveLength(26);
    expect(dropped).toHaveLength(5);
    expect(dropped[0]).toBe('note 25: too many about this object');
    await pass(10 * MINUTE);
    for (let times = 30; times < 35; times++) recorder.record(happening(`note ${times}`));
    await settle();
    expect(events()).toHaveLength(28);
  });

  it('holds so much and no more, and sends it at its own pace', async () => {
    for (let each = 0; each < 1100; each++) recorder.record(happening('x', `user-${each}`));
    await settle();
    expect([events().length, dropped.length]).toEqual([50, 100]);
    clock.advance(1000);
    await settle();
    expect(events()).toHaveLength(60);
  });

  it('tells what is left when it is closed, and nothing afterwards', async () => {
    for (let times = 0; times < 3; times++) {
      recorder.record(happening('again'));
      await settle();
    }
    expect(counts()).toEqual([2]);
    await recorder.close(AbortSignal.timeout(1000));
    expect(counts()).toEqual([3]);
    recorder.record(happening('late'));
    expect(dropped).toEqual(['late: the program is about to end']);
  });

  it('tells what comes while the server is told, when it is closed meanwhile', async () => {
    recorder.record(happening('again'));
    await settle();
    const closed = Promise.withResolvers<void>();
    jest.spyOn(api, 'merge').mockImplementationOnce((...request) => {
      recorder.record(happening('again'));
      closed.resolve(recorder.close(AbortSignal.timeout(1000)));
      return api.merge(...request);
    });
    recorder.record(happening('again'));
    await closed.promise;
    expect(counts()).toEqual([3]);
  });

  it('does not wait for a server that does not answer longer than it may', async () => {
    api.trouble = 'hang';
    recorder.record(happening('x'));
    await recorder.close(AbortSignal.timeout(20));
  });
});
