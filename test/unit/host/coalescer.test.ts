import { Coalescer } from '../../../src/host/coalescer.ts';

/** A coalescer whose batches and time the test drives. */
function staged() {
  const batches: {
    requests: readonly string[];
    answer: PromiseWithResolvers<(string | Promise<string>)[]>;
  }[] = [];
  const timers = new Map<() => void, number>();
  const coalescer = new Coalescer<string, string>({
    maxWait: 100,
    setTimer: (fn, ms) => {
      timers.set(fn, ms);
      return () => timers.delete(fn);
    },
    run: (requests) => {
      const answer = Promise.withResolvers<(string | Promise<string>)[]>();
      batches.push({ requests, answer });
      return answer.promise;
    },
  });
  const fire = () => {
    for (const fn of timers.keys()) fn();
  };
  const requests = () => batches.map((batch) => batch.requests);
  return { coalescer, batches, requests, timers, fire };
}

/** Lets everything happen that needs no further event. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a coalescer', () => {
  it('gathers requests until its owner is idle, and gives each its own answer', async () => {
    const { coalescer, batches, requests } = staged();
    const answers = Promise.all([coalescer.add('a'), coalescer.add('b')]);
    await settled();
    expect(requests()).toEqual([]);
    coalescer.idle();
    expect(requests()).toEqual([['a', 'b']]);
    batches[0]?.answer.resolve(['A', 'B']);
    expect(await answers).toEqual(['A', 'B']);
  });

  it('starts a batch whose oldest request has waited long enough, without its owner', async () => {
    const { coalescer, requests, timers, fire } = staged();
    void coalescer.add('a');
    void coalescer.add('b');
    expect([...timers.values()]).toEqual([100]);
    fire();
    expect(requests()).toEqual([['a', 'b']]);
    expect(timers.size).toBe(0);
  });

  it('runs one batch at a time, and what arrives meanwhile is the next', async () => {
    const { coalescer, batches, requests } = staged();
    void coalescer.add('a');
    coalescer.idle();
    void coalescer.add('b');
    coalescer.idle();
    void coalescer.add('c');
    await settled();
    expect(requests()).toEqual([['a']]);
    batches[0]?.answer.resolve(['A']);
    await settled();
    expect(requests()).toEqual([['a'], ['b', 'c']]);
  });

  it('leaves what arrives during a batch to gather further, when nobody called for it', async () => {
    const { coalescer, batches, requests, fire } = staged();
    void coalescer.add('a');
    coalescer.idle();
    void coalescer.add('b');
    batches[0]?.answer.resolve(['A']);
    await settled();
    expect(requests()).toEqual([['a']]);
    expect(coalescer.waiting).toBe(1);
    fire();
    expect(requests()).toEqual([['a'], ['b']]);
  });

  it('does not hold the next batch up for an answer that a batch left open', async () => {
    const { coalescer, batches, requests } = staged();
    const late = Promise.withResolvers<string>();
    const [slow, quick] = [coalescer.add('slow'), coalescer.add('quick')];
    coalescer.idle();
    batches[0]?.answer.resolve([late.promise, 'QUICK']);
    expect(await quick).toBe('QUICK');
    void coalescer.add('next');
    coalescer.idle();
    await settled();
    expect(requests()).toEqual([['slow', 'quick'], ['next']]);
    late.resolve('SLOW');
    expect(await slow).toBe('SLOW');
  });

  it('throws to everybody in a batch what the batch threw, and carries on', async () => {
    const { coalescer, batches, requests } = staged();
    const answers = Promise.allSettled([coalescer.add('a'), coalescer.add('b')]);
    coalescer.idle();
    batches[0]?.answer.reject(new Error('broken'));
    expect(await answers).toEqual([
      { status: 'rejected', reason: new Error('broken') },
      { status: 'rejected', reason: new Error('broken') },
    ]);
    void coalescer.add('c');
    coalescer.idle();
    expect(requests()).toEqual([['a', 'b'], ['c']]);
  });

  it('does nothing when it is told to start and nothing waits', async () => {
    const { coalescer, requests } = staged();
    coalescer.idle();
    void coalescer.add('a');
    await settled();
    expect(requests()).toEqual([]);
  });
});
