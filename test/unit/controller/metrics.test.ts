import { InMemoryQueueMetrics } from '../../../src/controller/metrics.ts';
import { WorkQueue } from '../../../src/controller/queue.ts';
import { FakeClock } from './fake-clock.ts';

function setUp() {
  const clock = new FakeClock();
  const metrics = new InMemoryQueueMetrics('users', clock);
  const family = (name: string) => metrics.collect().find((family) => family.name === `workqueue_${name}`)!;
  const value = (name: string): number => {
    const found = family(name);
    return found.type === 'histogram' ? NaN : found.value;
  };
  return { clock, queue: new WorkQueue({ clock, metrics }), metrics, family, value };
}

it('goes by the names client-go gives them, with the name of the queue as label', () => {
  const { metrics } = setUp();
  expect(metrics.collect().map(({ name, type, labels }) => [name, type, labels.name])).toEqual([
    ['workqueue_depth', 'gauge', 'users'],
    ['workqueue_adds_total', 'counter', 'users'],
    ['workqueue_queue_duration_seconds', 'histogram', 'users'],
    ['workqueue_work_duration_seconds', 'histogram', 'users'],
    ['workqueue_unfinished_work_seconds', 'gauge', 'users'],
    ['workqueue_longest_running_processor_seconds', 'gauge', 'users'],
    ['workqueue_retries_total', 'counter', 'users'],
  ]);
});

it('counts folded adds once, and a delayed add when its time has come', () => {
  const { queue, clock, value } = setUp();
  queue.add('a');
  queue.add('a');
  queue.addAfter('b', 5);
  queue.addRateLimited('c');
  expect([value('adds_total'), value('depth'), value('retries_total')]).toEqual([1, 1, 2]);
  clock.advance(5);
  expect([value('adds_total'), value('depth'), value('retries_total')]).toEqual([3, 3, 2]);
});

it('counts a key added during its run as waiting from then on', () => {
  const { queue, clock, value, family } = setUp();
  queue.add('a');
  queue.tryGet();
  expect(value('depth')).toBe(0);
  queue.add('a');
  expect(value('depth')).toBe(1);
  clock.advance(4000);
  queue.done('a');
  queue.tryGet();
  expect(family('queue_duration_seconds')).toMatchObject({ sum: 4, count: 2 });
});

it('measures the time from add to take and from take to done, in seconds, by powers of ten', () => {
  const { queue, clock, family } = setUp();
  queue.add('a');
  clock.advance(100);
  queue.tryGet();
  clock.advance(20_000);
  queue.done('a');
  const count = (name: string, le: number): number | undefined => {
    const found = family(name);
    return found.type === 'histogram' ? found.buckets.find((bucket) => bucket.le === le)?.count : undefined;
  };
  expect(family('queue_duration_seconds')).toMatchObject({ sum: 0.1, count: 1 });
  expect(family('work_duration_seconds')).toMatchObject({ sum: 20, count: 1 });
  expect([0.01, 0.1, 1, 1000].map((le) => count('queue_duration_seconds', le))).toEqual([0, 1, 1, 1]);
  expect([1e-8, 10, 100, 1000, 1e4].map((le) => count('work_duration_seconds', le))).toEqual([
    0,
    0,
    1,
    1,
    undefined,
  ]);
});

it('counts what took longer than the last bound in the total alone', () => {
  const { queue, clock, family } = setUp();
  queue.add('a');
  clock.advance(2_000_000);
  queue.tryGet();
  const found = family('queue_duration_seconds');
  expect(found).toMatchObject({ count: 1, buckets: expect.arrayContaining([{ le: 1000, count: 0 }]) });
});

it('tells the age of running work at the moment it is asked', () => {
  const { queue, clock, value } = setUp();
  queue.add('a');
  queue.add('b');
  queue.tryGet();
  clock.advance(2000);
  queue.tryGet();
  clock.advance(1000);
  expect([value('unfinished_work_seconds'), value('longest_running_processor_seconds')]).toEqual([4, 3]);
  queue.done('a');
  expect([value('unfinished_work_seconds'), value('longest_running_processor_seconds')]).toEqual([1, 1]);
  queue.done('b');
  expect([value('unfinished_work_seconds'), value('longest_running_processor_seconds')]).toEqual([0, 0]);
});
