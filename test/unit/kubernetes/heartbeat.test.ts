import { ApiError } from '../../../src/kubernetes/api.ts';
import { Heartbeat } from '../../../src/kubernetes/heartbeat.ts';
import type { Lease } from '../../../src/kubernetes/leases.ts';
import { FakeClock } from '../controller/fake-clock.ts';
import { settle } from './fake-transport.ts';
import { MemoryApi } from './memory-api.ts';

let clock: FakeClock;
let api: MemoryApi;
let stopping: AbortController;
let troubles: (string | undefined)[];
let setBacks: number;
let heartbeat: Heartbeat;

beforeEach(() => {
  clock = new FakeClock();
  api = new MemoryApi();
  stopping = new AbortController();
  troubles = [];
  setBacks = 0;
  heartbeat = new Heartbeat({
    api,
    lease: { namespace: 'test', name: 'machine' },
    identity: 'machine',
    clock,
    wall: () => clock.now(),
    random: () => 0,
    onTrouble: (trouble) => troubles.push(trouble?.message),
    onSetBack: () => (setBacks += 1),
  });
  void heartbeat.run(stopping.signal);
});
afterEach(async () => {
  stopping.abort();
  await settle();
  expect(clock.timers).toBe(0);
});

async function pass(seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed++) {
    await settle();
    clock.advance(1000);
  }
  await settle();
}

const renewTime = () => (api.objects.get('machine') as Lease).spec?.renewTime;

describe('a heartbeat', () => {
  it('makes the Lease, and renews it every ten seconds with one request', async () => {
    await pass(30);
    expect(api.requests).toEqual([
      'get machine',
      'create machine',
      'replace machine',
      'replace machine',
      'replace machine',
    ]);
    expect(api.objects.get('machine')).toMatchObject({
      metadata: { name: 'machine', namespace: 'test' },
      spec: { holderIdentity: 'machine', leaseDurationSeconds: 40 },
    });
    expect(renewTime()).toBe('1970-01-01T00:00:31.000000Z');
  });

  it('tries sooner while it fails, says so, and goes on', async () => {
    await pass(1);
    api.trouble = new ApiError('replace it: reach it', { status: 0 });
    await pass(30);
    expect(api.requests.length).toBeGreaterThan(8);
    expect(new Set(troubles)).toEqual(new Set(['replace it: reach it']));
    api.trouble = undefined;
    await pass(6);
    expect(troubles.at(-1)).toBeUndefined();
    expect(renewTime()! > '1970-01-01T00:00:30').toBe(true);
  });

  it.each([
    ['was deleted', () => api.objects.delete('machine')],
    [
      'was changed',
      () => {
        const lease = api.objects.get('machine')!;
        api.objects.set('machine', { ...lease, metadata: { ...lease.metadata, resourceVersion: 'x' } });
      },
    ],
  ])('is not stopped by a Lease that %s', async (_, meddle) => {
    await pass(1);
    meddle();
    await pass(15);
    expect(renewTime()! > '1970-01-01T00:00:10').toBe(true);
  });

  it('that is asked for while one is made comes after it', async () => {
    await Promise.all([heartbeat.beat(), heartbeat.beat()]);
    expect(api.requests).toEqual(['get machine', 'create machine', 'replace machine', 'replace machine']);
  });

  const change = (metadata: object) => () => {
    const lease = api.objects.get('machine')!;
    api.objects.set('machine', { ...lease, metadata: { ...lease.metadata, ...metadata } });
  };

  it.each([
    ['is older than it was left', change({ resourceVersion: '1' }), 1],
    ['is another one', change({ uid: 'another', resourceVersion: '100' }), 1],
    ['is not there', () => api.objects.delete('machine'), 1],
    ['was written by somebody else since', change({ resourceVersion: '100' }), 0],
  ])('whose Lease %s tells whether the history was set back, once', async (_, happen, expected) => {
    await pass(15);
    happen();
    await pass(60);
    expect(setBacks).toBe(expected);
  });

  it('knows what an earlier run was told, and tells of it before it writes', async () => {
    await pass(25);
    stopping.abort();
    change({ resourceVersion: '1' })();
    const requests: number[] = [];
    const next = new Heartbeat({
      api,
      lease: { namespace: 'test', name: 'machine' },
      identity: 'machine',
      onSetBack: () => requests.push(api.requests.length),
    });
    next.renewal = heartbeat.renewal;
    const before = api.requests.length;
    await next.beat();
    expect(requests).toEqual([before + 1]);
    expect(api.requests.slice(before)).toEqual(['get machine', 'replace machine']);
  });
});
