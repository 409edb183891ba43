import { ItemExponentialFailureLimiter } from '../../../src/controller/limiter.ts';
import { WorkQueue } from '../../../src/controller/queue.ts';
import { FakeClock } from './fake-clock.ts';

function setUp() {
  const clock = new FakeClock();
  return { clock, queue: new WorkQueue({ clock, limiter: new ItemExponentialFailureLimiter(10, 1000) }) };
}

/** Takes everything that is ready and gives it back at once. */
function drain(queue: WorkQueue): string[] {
  const keys = [];
  for (let key = queue.tryGet(); key !== undefined; key = queue.tryGet()) {
    keys.push(key);
    queue.done(key);
  }
  return keys;
}

describe('stingy', () => {
  it('runs a key once that was added many times before it was taken', () => {
    const { queue } = setUp();
    for (let i = 0; i < 5; i++) queue.add('a');
    expect([queue.length, drain(queue)]).toEqual([1, ['a']]);
  });

  it('takes the empty string for a key like any other', () => {
    const { queue } = setUp();
    queue.add('');
    expect(drain(queue)).toEqual(['']);
  });
});

describe('exclusive', () => {
  it('hands out no key that a worker has, and runs it once more after done if it was added meanwhile', () => {
    const { queue } = setUp();
    queue.add('a');
    expect(queue.tryGet()).toBe('a');
    queue.add('a');
    queue.add('a');
    expect([queue.tryGet(), queue.length]).toEqual([undefined, 0]);
    queue.done('a');
    expect(drain(queue)).toEqual(['a']);
  });

  it('keeps a key whose delay ends while a worker has it until that worker is done', () => {
    const { queue, clock } = setUp();
    queue.add('a');
    queue.tryGet();
    queue.addAfter('a', 5);
    clock.advance(5);
    expect(queue.tryGet()).toBeUndefined();
    queue.done('a');
    expect(drain(queue)).toEqual(['a']);
  });

  it('refuses to mark as done what is not taken', () => {
    const { queue } = setUp();
    queue.add('a');
    expect(() => queue.done('a')).toThrow(
      'mark "a" as done: it is not being worked on, call done once for each key taken',
    );
    expect(drain(queue)).toEqual(['a']);
  });
});

describe('fair', () => {
  it('hands out keys of one priority in the order they were added', () => {
    const { queue } = setUp();
    for (const key of ['c', 'a', 'b', 'a']) queue.add(key);
    expect(drain(queue)).toEqual(['c', 'a', 'b']);
  });

  it('takes each of many keys at the same small cost', () => {
    const { queue } = setUp();
    for (let i = 0; i < 300_000; i++) queue.add(String(i));
    const start = performance.now();
    expect(drain(queue).length).toBe(300_000);
    // A third of a second where it is so; a quarter of a minute where a take walks over the places of those before it.
    expect(performance.now() - start).toBeLessThan(4000);
  });

  it('hands out a higher priority first, whatever came first', () => {
    const { queue } = setUp();
    queue.add('resync', { priority: -100 });
    queue.add('plain');
    queue.add('urgent', { priority: 10 });
    queue.add('also plain', { priority: 0 });
    expect(drain(queue)).toEqual(['urgent', 'plain', 'also plain', 'resync']);
  });

  it('raises a key to the highest priority it was added with, behind those already there, and never lowers it', () => {
    const { queue } = setUp();
    queue.add('a', { priority: -100 });
    queue.add('b', { priority: -100 });
    queue.add('c');
    queue.add('b');
    queue.add('b', { priority: -100 });
    expect(drain(queue)).toEqual(['c', 'b', 'a']);
  });

  it('keeps the higher priority over a delay, and over a run that is under way', () => {
    const { queue, clock } = setUp();
    queue.add('a');
    queue.tryGet();
    for (const priority of [1, 9, 2]) queue.add('a', { priority });
    for (const priority of [1, 7, 2]) queue.add('b', { priority, after: 5 });
    queue.add('c', { priority: 8 });
    queue.done('a');
    clock.advance(5);
    expect(drain(queue)).toEqual(['a', 'c', 'b']);
  });

  it('tells the priority a key was taken with while it is worked on, and 0 otherwise', () => {
    const { queue } = setUp();
    queue.add('a', { priority: -100 });
    expect(queue.priorityOf('a')).toBe(0);
    queue.tryGet();
    expect(queue.priorityOf('a')).toBe(-100);
    queue.done('a');
    expect(queue.priorityOf('a')).toBe(0);
  });
});

describe('delaying', () => {
  it('hands out a key no earlier than asked', () => {
    const { queue, clock } = setUp();
    queue.addAfter('a', 10);
    clock.advance(9.9);
    expect([queue.length, queue.tryGet()]).toEqual([0, undefined]);
    clock.advance(0.1);
    expect(drain(queue)).toEqual(['a']);
  });

  it('runs a key once, at the earliest of the times asked for', () => {
    const { queue, clock } = setUp();
    for (const ms of [30, 10, 20]) queue.addAfter('a', ms);
    clock.advance(10);
    expect(drain(queue)).toEqual(['a']);
    clock.advance(100);
    expect(drain(queue)).toEqual([]);
  });

  it('cancels the wait of a key that is added for now, and adds no wait to a key that runs now anyway', () => {
    const { queue, clock } = setUp();
    queue.addAfter('a', 10);
    queue.add('a');
    queue.addAfter('a', 10);
    expect(drain(queue)).toEqual(['a']);
    clock.advance(100);
    expect(drain(queue)).toEqual([]);
  });

  it('sees nothing to wait for in a delay of zero or less', () => {
    const { queue } = setUp();
    queue.addAfter('a', 0);
    queue.addAfter('b', -5);
    expect(drain(queue)).toEqual(['a', 'b']);
  });

  it('comes back to what is not due yet when a timer fires early', () => {
    const clock = new FakeClock();
    const hasty = {
      now: () => clock.now(),
      setTimer: (fn: () => void, ms: number) => clock.setTimer(fn, ms / 2),
    };
    const queue = new WorkQueue({ clock: hasty });
    queue.addAfter('a', 8);
    clock.advance(7.5);
    expect(queue.length).toBe(0);
    clock.advance(1);
    expect(queue.length).toBe(1);
  });

  it('drains a hundred thousand delayed keys in the order of their times, with one timer', () => {
    const { queue, clock } = setUp();
    const wait = (i: number): number => 1 + ((i * 7919) % 100_003);
    for (let i = 0; i < 100_000; i++) queue.addAfter(String(i), wait(i));
    expect(clock.timers).toBe(1);
    const drained: string[] = [];
    for (let ms = 0; ms <= 100_003; ms += 50) {
      clock.advance(50);
      drained.push(...drain(queue));
    }
    expect([drained.length, clock.timers]).toEqual([100_000, 0]);
    const waits = drained.map((key) => wait(Number(key)));
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
  });

  it.each([
    [{ after: NaN }, 'add "a": its delay is NaN ms, give a finite number'],
    [{ after: Infinity }, 'add "a": its delay is Infinity ms, give a finite number'],
    [{ priority: 0.5 }, 'add "a": its priority is 0.5, give an integer'],
  ])('refuses %p', (options, message) => {
    const { queue } = setUp();
    expect(() => queue.add('a', options)).toThrow(new RangeError(message));
    expect(queue.length).toBe(0);
  });
});

describe('rate-limited', () => {
  it('lets a key that keeps failing wait longer each time, until it is forgotten', () => {
    const { queue, clock } = setUp();
    for (const ms of [10, 20, 40]) {
      queue.addRateLimited('a');
      clock.advance(ms - 1);
      expect(queue.length).toBe(0);
      clock.advance(1);
      expect(drain(queue)).toEqual(['a']);
    }
    expect(queue.numRequeues('a')).toBe(3);
    queue.forget('a');
    expect(queue.numRequeues('a')).toBe(0);
    queue.addRateLimited('a', { priority: 5 });
    clock.advance(10);
    queue.tryGet();
    expect(queue.priorityOf('a')).toBe(5);
  });

  it('uses the limits of client-go and the real clock when none are given', () => {
    const queue = new WorkQueue();
    queue.addRateLimited('a');
    expect([queue.numRequeues('a'), queue.length]).toEqual([1, 0]);
    queue.shutDown();
  });
});

describe('get', () => {
  it('resolves when there is something to take, for the callers in their order', async () => {
    const { queue, clock } = setUp();
    const both = [queue.get(), queue.get()];
    queue.addAfter('late', 5);
    queue.add('soon');
    clock.advance(5);
    expect(await Promise.all(both)).toEqual(['soon', 'late']);
    expect(() => queue.done('soon')).not.toThrow();
  });
});

describe('shutdown', () => {
  it('gives those who wait for a key undefined, and ignores every later add', async () => {
    const { queue, clock } = setUp();
    const waiting = [queue.get(), queue.get()];
    queue.shutDown();
    expect(await Promise.all(waiting)).toEqual([undefined, undefined]);
    queue.add('a');
    queue.addAfter('b', 5);
    queue.addRateLimited('c');
    clock.advance(1000);
    expect([queue.length, queue.numRequeues('c'), await queue.get()]).toEqual([0, 0, undefined]);
  });

  it('still hands out what is ready or was added during its run, and drops what waits for its time', async () => {
    const { queue, clock } = setUp();
    for (const key of ['a', 'b']) queue.add(key);
    queue.addAfter('later', 5);
    queue.tryGet();
    queue.add('a');
    queue.shutDown();
    queue.done('a');
    clock.advance(100);
    expect([await queue.get(), await queue.get(), await queue.get(), clock.timers]).toEqual([
      'b',
      'a',
      undefined,
      0,
    ]);
  });

  it('resolves a drain once nothing is ready and nothing runs, and not before', async () => {
    const { queue } = setUp();
    for (const key of ['a', 'b']) queue.add(key);
    queue.tryGet();
    let drained = false;
    const drain = queue.shutDownWithDrain().then(() => (drained = true));
    queue.done('a');
    await Promise.resolve();
    expect(drained).toBe(false);
    queue.done(queue.tryGet() ?? '');
    await drain;
    await queue.shutDownWithDrain();
  });

  it('ends the wait of a drain when it is shut down for good', async () => {
    const { queue } = setUp();
    queue.add('never taken');
    const drain = queue.shutDownWithDrain();
    queue.shutDown();
    await drain;
    expect(queue.length).toBe(1);
  });
});
