import { isDeepStrictEqual } from 'node:util';
import * as fc from '../../property.ts';
import { ItemExponentialFailureLimiter } from '../../../src/controller/limiter.ts';
import { WorkQueue } from '../../../src/controller/queue.ts';
import { FakeClock } from './fake-clock.ts';
import { QueueModel } from './queue-model.ts';

const KEYS = ['a', 'b', 'c', 'd', 'e'];
const key = fc.constantFrom(...KEYS);
const priority = fc.constantFrom(-100, 0, 0, 10);
const operation = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('add' as const), key, priority, after: fc.constant(0) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      key,
      priority,
      after: fc.integer({ min: -1, max: 9 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('addRateLimited' as const), key, priority }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const), key }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('tryGet' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('get' as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('done' as const), nth: fc.nat(4) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.nat(6) }) },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/** The queue and its model, and every key that was received from the queue by a `get`. */
class Pair {
  readonly clock = new FakeClock();
  readonly model = new QueueModel();
  readonly queue = new WorkQueue({ clock: this.clock, limiter: new ItemExponentialFailureLimiter(1, 8) });
  readonly received: (string | undefined)[] = [];

  apply(operation: Operation): void {
    const { queue, model } = this;
    switch (operation.do) {
      case 'add':
        queue.add(operation.key, operation);
        return model.add(operation.key, operation.priority, operation.after);
      case 'addRateLimited':
        queue.addRateLimited(operation.key, operation);
        return model.addRateLimited(operation.key, operation.priority);
      case 'forget':
        queue.forget(operation.key);
        return void model.failures.delete(operation.key);
      case 'tryGet':
        return expectEqual(queue.tryGet(), model.tryGet());
      case 'get':
        void queue.get().then((key) => this.received.push(key));
        return model.get();
      case 'done':
        return this.done(operation.nth);
      case 'advance':
        this.clock.advance(operation.ms);
        return model.advance(operation.ms);
    }
  }

  done(nth: number): void {
    const key = [...this.model.running.keys()][nth];
    if (key === undefined) return;
    this.queue.done(key);
    this.model.done(key);
  }

  /** Everything that can be seen of the queue is as the model has it; one timer serves whatever waits. */
  async compare(): Promise<void> {
    await Promise.resolve();
    const { queue, model, received, clock } = this;
    const seen = [received, queue.length, KEYS.map((key) => [queue.numRequeues(key), queue.priorityOf(key)])];
    const failures = KEYS.map((key) => [model.failures.get(key) ?? 0, model.running.get(key) ?? 0]);
    expectEqual(seen, [model.received, model.ready.length, failures]);
    if (model.waiting.length > 0 || clock.timers > 1) expectEqual(clock.timers, 1);
  }
}

/** `expect(seen).toEqual(expected)`, which alone would take most of the time of this test. */
function expectEqual(seen: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(seen, expected)) expect(seen).toEqual(expected);
}

it('does what the plain model does, whatever is asked of it, before, during and after shutdown', async () => {
  const life = fc.array(operation, { maxLength: 60, size: 'max' });
  await fc.assert(
    fc.asyncProperty(life, fc.array(operation, { maxLength: 15 }), async (before, after) => {
      const pair = new Pair();
      for (const operation of before) {
        pair.apply(operation);
        await pair.compare();
      }
      let drained = false;
      void pair.queue.shutDownWithDrain().then(() => (drained = true));
      pair.model.stop();
      for (const operation of after) {
        pair.apply(operation);
        await pair.compare();
        if (drained) expectEqual(pair.model.running.size + pair.model.ready.length, 0);
      }
      while (pair.queue.length > 0 || pair.model.running.size > 0) {
        pair.apply({ do: 'tryGet' });
        pair.done(0);
      }
      await pair.compare();
      expect([drained, pair.clock.timers]).toEqual([true, 0]);
    }),
    { numRuns: 400 },
  );
});
