import { ApiError } from '../../../src/kubernetes/api.ts';
import { campaign } from '../../../src/kubernetes/elector.ts';
import type { Candidacy } from '../../../src/kubernetes/elector.ts';
import type { ElectorOptions } from '../../../src/kubernetes/election.ts';
import type { Lease } from '../../../src/kubernetes/leases.ts';
import { FakeClock } from '../controller/fake-clock.ts';
import { settle } from './fake-transport.ts';
import { MemoryApi } from './memory-api.ts';

const NAME = { namespace: 'test', name: 'leader' };
const DOWN = new ApiError('reach it: it refuses connections', { status: 0 });

let clock: FakeClock;
let server: MemoryApi;
/** Milliseconds that the machine was suspended for. */
let suspended: number;

interface Candidate {
  /** What befalls its requests, and nobody else's. */
  readonly api: Pick<MemoryApi, 'trouble'>;
  readonly leaders: string[];
  readonly stop: () => void;
  /** Ends the work of the leader. */
  readonly finish: () => void;
  readonly isLeading: () => boolean;
  /** Whether the leader was told to stop. */
  readonly isStopped: () => boolean;
  readonly result: () => Candidacy | undefined;
}

/** A candidate whose server is that of all, unless it is cut off from it. */
function candidate(identity: string, options: Partial<ElectorOptions> = {}): Candidate {
  const api: Candidate['api'] = { trouble: undefined };
  const stopping = new AbortController();
  const leaders: string[] = [];
  let signal: AbortSignal | undefined;
  let isLeading = false;
  let finish = (): void => {};
  let result: Candidacy | undefined;
  const proxied = new Proxy(server, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (api.trouble === 'hang') return new Promise(() => undefined);
        if (api.trouble !== undefined) return Promise.reject(api.trouble);
        return (value as (...args: unknown[]) => unknown).apply(target, args);
      };
    },
  });
  void campaign(
    {
      api: proxied,
      lease: NAME,
      identity,
      clock,
      wall: () => 0,
      sinceBoot: () => clock.now() + suspended,
      random: () => 0,
      onLeader: (leader) => leaders.push(leader),
      ...options,
    },
    async (given) => {
      signal = given;
      isLeading = true;
      await new Promise<void>((resolve) => (finish = resolve));
      isLeading = false;
    },
    stopping.signal,
  ).then((ended) => (result = ended));
  return {
    api,
    leaders,
    stop: () => stopping.abort(),
    finish: () => finish(),
    isLeading: () => isLeading,
    isStopped: () => signal?.aborted ?? false,
    result: () => result,
  };
}

async function pass(seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds * 10; passed++) {
    clock.advance(100);
    await settle();
  }
}

const lease = () => server.objects.get('leader') as Lease;

beforeEach(() => {
  clock = new FakeClock();
  server = new MemoryApi();
  suspended = 0;
});

describe('an election', () => {
  it('is won by the first, who renews the Lease while the others wait', async () => {
    const first = candidate('first');
    await settle();
    const second = candidate('second');
    await pass(60);
    expect([first.isLeading(), second.isLeading()]).toEqual([true, false]);
    expect(second.leaders).toEqual(['first']);
    expect(lease().spec).toEqual({
      holderIdentity: 'first',
      leaseDurationSeconds: 15,
      acquireTime: '1970-01-01T00:00:00.000000Z',
      renewTime: '1970-01-01T00:00:00.000000Z',
      leaseTransitions: 0,
    });
    expect(server.requests.filter((request) => request.startsWith('replace'))).toHaveLength(30);
  });

  it('is decided anew when the leader can no longer renew, who has stopped by then', async () => {
    const first = candidate('first');
    await settle();
    const second = candidate('second');
    await pass(5);
    first.api.trouble = DOWN;
    let overlap = 0;
    for (let seconds = 0; !second.isLeading() && seconds < 60; seconds++) {
      await pass(1);
      if (second.isLeading() && !first.isStopped()) overlap++;
    }
    expect([overlap, first.isStopped(), second.isLeading()]).toEqual([0, true, true]);
    first.finish();
    await settle();
    expect(first.result()).toEqual({ kind: 'lost' });
    expect(lease().spec).toMatchObject({ holderIdentity: 'second', leaseTransitions: 1 });
  });

  it('is lost in ten seconds when the server does not answer at all', async () => {
    const first = candidate('first');
    await pass(2.5);
    first.api.trouble = 'hang';
    await pass(9);
    expect(first.isStopped()).toBe(false);
    await pass(1);
    expect(first.isStopped()).toBe(true);
  });

  it('is lost at once when another has the Lease', async () => {
    const first = candidate('first');
    await settle();
    const { metadata, spec } = lease();
    server.objects.set('leader', {
      metadata: { ...metadata, resourceVersion: 'x' },
      spec: { ...spec, holderIdentity: 'thief' },
    } as Lease);
    await pass(2);
    expect(first.isStopped()).toBe(true);
    first.finish();
    await settle();
    expect([first.result(), first.leaders]).toEqual([{ kind: 'lost' }, ['first', 'thief']]);
  });

  it('is lost by who wakes from a suspension longer than others wait', async () => {
    const first = candidate('first');
    await settle();
    suspended = 60_000;
    first.api.trouble = 'hang';
    await pass(2);
    expect(first.isStopped()).toBe(true);
  });

  it('does not believe the time that another machine has written', async () => {
    const first = candidate('first', { wall: () => -86_400_000 });
    await settle();
    const second = candidate('second', { wall: () => 86_400_000 });
    await pass(40);
    expect([first.isLeading(), second.isLeading()]).toEqual([true, false]);
  });

  it('is over at once when the leader gives the Lease back, which it does when its work has ended', async () => {
    const first = candidate('first');
    await settle();
    const second = candidate('second');
    first.stop();
    await pass(30);
    expect([first.isStopped(), second.isLeading()]).toEqual([true, false]);
    first.finish();
    await pass(3);
    expect([first.result(), second.isLeading()]).toEqual([{ kind: 'stopped' }, true]);
  });

  it('is ended by work that ends by itself, or that fails', async () => {
    const first = candidate('first');
    await settle();
    first.finish();
    await settle();
    expect(first.result()).toEqual({ kind: 'done' });
    expect(lease().spec).toMatchObject({ holderIdentity: '' });
    const api = new MemoryApi();
    const failing = campaign(
      { api, lease: NAME, identity: 'x', clock },
      () => Promise.reject(new Error('of the work')),
      new AbortController().signal,
    );
    await expect(failing).rejects.toThrow('of the work');
    expect((api.objects.get('leader') as Lease).spec).toMatchObject({ holderIdentity: '' });
  });

  it('is waited for while the server is away', async () => {
    const troubles: string[] = [];
    const first = candidate('first', { onTrouble: ({ message }) => troubles.push(message) });
    first.api.trouble = DOWN;
    await pass(10);
    expect(first.isLeading()).toBe(false);
    first.api.trouble = undefined;
    await pass(3);
    expect(first.isLeading()).toBe(true);
    expect(new Set(troubles)).toEqual(new Set([DOWN.message]));
  });

  it('can be left before it is won', async () => {
    candidate('first');
    await settle();
    const second = candidate('second');
    await settle();
    second.stop();
    await settle();
    expect([second.result(), second.isLeading()]).toEqual([{ kind: 'stopped' }, false]);
  });
});
