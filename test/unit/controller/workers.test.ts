import { jest } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ItemExponentialFailureLimiter } from '../../../src/controller/limiter.ts';
import { WorkQueue } from '../../../src/controller/queue.ts';
import { startWorkers } from '../../../src/controller/workers.ts';
import type { Outcome, WorkersOptions } from '../../../src/controller/workers.ts';
import { FakeClock } from './fake-clock.ts';

const DONE: Outcome = { kind: 'done' };

function setUp(reconcile: WorkersOptions['reconcile'], options: Partial<WorkersOptions> = {}) {
  const clock = new FakeClock();
  const queue = new WorkQueue({ clock, limiter: new ItemExponentialFailureLimiter(10, 1000) });
  const outcomes: [string, Outcome][] = [];
  const onOutcome = (key: string, outcome: Outcome) => void outcomes.push([key, outcome]);
  const workers = startWorkers({ queue, clock, count: 2, reconcile, onOutcome, ...options });
  return { clock, queue, workers, outcomes };
}

/** A reconcile whose passes end when the test says so. */
function held() {
  const passes: { key: string; signal: AbortSignal; end: (outcome: Outcome) => void }[] = [];
  const reconcile = (key: string, signal: AbortSignal) =>
    new Promise<Outcome>((end) => passes.push({ key, signal, end }));
  return { passes, reconcile, keys: () => passes.map(({ key }) => key) };
}

describe('workers', () => {
  it('work on as many keys at a time as there are workers, and never twice on one', async () => {
    const { passes, reconcile, keys } = held();
    const { queue } = setUp(reconcile);
    for (const key of ['a', 'b', 'c']) queue.add(key);
    await nextTurn();
    queue.add('a');
    expect(keys()).toEqual(['a', 'b']);
    passes[1]!.end(DONE);
    await nextTurn();
    expect(keys()).toEqual(['a', 'b', 'c']);
    passes[2]!.end(DONE);
    await nextTurn();
    expect(keys()).toEqual(['a', 'b', 'c']);
    passes[0]!.end(DONE);
    await nextTurn();
    expect(keys()).toEqual(['a', 'b', 'c', 'a']);
  });

  it('let timers and input have their turn between passes that wait for nothing', async () => {
    let passes = 0;
    const again: Outcome = { kind: 'requeue-after', ms: 0 };
    const { queue } = setUp(() => Promise.resolve(++passes < 10_000 ? again : DONE));
    queue.add('busy');
    await nextTurn();
    expect(passes).toBeGreaterThan(0);
    expect(passes).toBeLessThan(10_000);
  });

  it.each([0, -1, 1.5, NaN])('refuse a count of %p', (count) => {
    expect(() => setUp(() => Promise.resolve(DONE), { count })).toThrow(
      /^start workers: the count is .*, give an integer from 1$/,
    );
  });
});

describe('an outcome', () => {
  /** Lets `key`, which has failed twice before, end with `outcome`; then tells when it runs again. */
  async function after(outcome: () => Promise<Outcome>) {
    let passes = 0;
    const set = setUp(() => (++passes === 1 ? outcome() : Promise.resolve(DONE)));
    set.queue.addRateLimited('a');
    set.queue.addRateLimited('a');
    set.clock.advance(10);
    await nextTurn();
    const failures = set.queue.numRequeues('a');
    for (let ms = 0; ms <= 200; ms++, set.clock.advance(1), await nextTurn()) {
      if (passes > 1) return { failures, again: ms, outcomes: set.outcomes };
    }
    return { failures, again: undefined, outcomes: set.outcomes };
  }

  it('done forgets the failures and runs the key no more', async () => {
    expect(await after(() => Promise.resolve(DONE))).toEqual({
      failures: 0,
      again: undefined,
      outcomes: [['a', DONE]],
    });
  });

  it('requeue-after forgets the failures and runs the key again then', async () => {
    const { failures, again } = await after(() => Promise.resolve({ kind: 'requeue-after', ms: 70 }));
    expect([failures, again]).toEqual([0, 70]);
  });

  it('waiting runs the key again then, keeps its failures, and passes the reason on', async () => {
    const outcome: Outcome = { kind: 'waiting', ms: 70, reason: 'no network' };
    const { failures, again, outcomes } = await after(() => Promise.resolve(outcome));
    expect([failures, again, outcomes[0]]).toEqual([2, 70, ['a', outcome]]);
  });

  it('failed runs the key again after the wait its failures have earned', async () => {
    const outcome: Outcome = { kind: 'failed', error: new Error('no') };
    const { failures, again, outcomes } = await after(() => Promise.resolve(outcome));
    expect([failures, again, outcomes[0]]).toEqual([3, 40, ['a', outcome]]);
  });

  it('of a pass that throws, at once or later, is failed with what it threw', async () => {
    const error = new Error('no');
    const later = await after(() => Promise.reject(error));
    const atOnce = await after(() => {
      throw error;
    });
    for (const { failures, again, outcomes } of [later, atOnce]) {
      expect([failures, again, outcomes[0]]).toEqual([3, 40, ['a', { kind: 'failed', error }]]);
    }
  });

  it('that makes no sense is failed, and its failures count up', async () => {
    const { failures, again, outcomes } = await after(() =>
      Promise.resolve({ kind: 'requeue-after', ms: NaN }),
    );
    expect([failures, again]).toEqual([3, 40]);
    expect(outcomes[0]?.[1]).toEqual({ kind: 'failed', error: expect.any(RangeError) });
  });

  it.each<Outcome>([
    { kind: 'requeue-after', ms: 10 },
    { kind: 'waiting', ms: 10, reason: 'a lock' },
    { kind: 'failed', error: 'no' },
  ])('$kind keeps the priority of the run it repeats', async (outcome) => {
    const priorities: number[] = [];
    const { queue, clock } = setUp((key) => {
      priorities.push(queue.priorityOf(key));
      return Promise.resolve(outcome);
    });
    queue.add('a', { priority: -100 });
    await nextTurn();
    clock.advance(10);
    await nextTurn();
    expect(priorities).toEqual([-100, -100]);
  });

  it('reaches a listener that throws, and the worker goes on', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockReturnValue();
    const seen: string[] = [];
    const { queue } = setUp(() => Promise.resolve(DONE), {
      count: 1,
      onOutcome(key) {
        seen.push(key);
        throw new Error('listener is broken');
      },
    });
    for (const key of ['a', 'b']) queue.add(key);
    await nextTurn();
    expect(seen).toEqual(['a', 'b']);
    expect(warn.mock.calls[0]?.[0]).toMatch(
      /^report the outcome of "a": the listener threw Error: listener is broken/,
    );
    warn.mockRestore();
  });
});

describe('stop', () => {
  it('lets running keys finish, takes no other, and requeues nothing', async () => {
    const { passes, reconcile, keys } = held();
    const { queue, workers, clock } = setUp(reconcile);
    for (const key of ['a', 'b', 'c']) queue.add(key);
    await nextTurn();
    let stopped = false;
    const stop = workers.stop().then(() => (stopped = true));
    passes[0]!.end(DONE);
    clock.advance(1e9);
    await nextTurn();
    expect([stopped, passes[1]!.signal.aborted]).toEqual([false, false]);
    passes[1]!.end({ kind: 'requeue-after', ms: 0 });
    await stop;
    expect([keys(), queue.length, queue.priorityOf('a')]).toEqual([['a', 'b'], 1, 0]);
    expect(() => queue.done('b')).toThrow('not being worked on');
  });

  it('ends workers that have nothing to do', async () => {
    await setUp(() => Promise.resolve(DONE)).workers.stop();
  });

  it('aborts the signal of what still runs after the grace period, and leaves no timer', async () => {
    const { passes, reconcile } = held();
    const { queue, workers, clock } = setUp(reconcile);
    queue.add('a');
    await nextTurn();
    const stop = workers.stop(100);
    clock.advance(99);
    expect(passes[0]!.signal.aborted).toBe(false);
    clock.advance(1);
    expect(passes[0]!.signal.aborted).toBe(true);
    passes[0]!.end(DONE);
    await stop;
    const idle = setUp(reconcile);
    await idle.workers.stop(100);
    expect([clock.timers, idle.clock.timers]).toEqual([0, 0]);
  });
});
