import { PassMetrics } from '../../../src/controller/passmetrics.ts';
import { WorkQueue } from '../../../src/controller/queue.ts';
import { startWorkers, type Outcome } from '../../../src/controller/workers.ts';
import { printMetrics } from '../../../src/telemetry/metrics/exposition.ts';
import { FakeClock } from './fake-clock.ts';

function setUp(reconcile: (clock: FakeClock) => Promise<Outcome>) {
  const clock = new FakeClock();
  const queue = new WorkQueue({ clock });
  const metrics = new PassMetrics('users', clock);
  const workers = startWorkers(
    metrics.measuring({ queue, count: 3, clock, reconcile: () => reconcile(clock) }),
  );
  return { clock, queue, workers, lines: () => printMetrics(metrics.collect()).split('\n') };
}

const total = (result: string, count: number) =>
  `controller_runtime_reconcile_total{controller="users",result="${result}"} ${count}`;

it.each([
  [{ kind: 'done' }, 'success'],
  [{ kind: 'requeue-after', ms: 5 }, 'requeue_after'],
  [{ kind: 'waiting', ms: 5, reason: 'later' }, 'requeue_after'],
  [{ kind: 'failed', error: new Error('no') }, 'error'],
] as const)('an outcome %j counts as %s, under controller-runtime’s names', async (outcome, result) => {
  const { queue, workers, lines } = setUp(() => Promise.resolve(outcome));
  queue.add('emo');
  await queue.shutDownWithDrain();
  await workers.stop();
  for (const each of ['success', 'error', 'requeue_after'])
    expect(lines()).toContain(total(each, each === result ? 1 : 0));
  const errors = result === 'error' ? 1 : 0;
  expect(lines()).toContain(`controller_runtime_reconcile_errors_total{controller="users"} ${errors}`);
});

it('a pass that throws is an error, and still one that failed to its worker', async () => {
  const { queue, workers, lines } = setUp(() => Promise.reject(new Error('no')));
  queue.add('emo');
  await queue.shutDownWithDrain();
  await workers.stop();
  expect(lines()).toContain(total('error', 1));
});

it('passes are timed, and counted while they run', async () => {
  const ends: (() => void)[] = [];
  const { clock, queue, workers, lines } = setUp(async () => {
    await new Promise<void>((resolve) => ends.push(resolve));
    return { kind: 'done' };
  });
  const active = 'controller_runtime_active_workers{controller="users"}';
  queue.add('emo');
  queue.add('bea');
  await Promise.resolve();
  expect(lines()).toContain(`${active} 2`);
  expect(lines()).toContain('controller_runtime_max_concurrent_reconciles{controller="users"} 3');
  clock.advance(1500);
  const drained = queue.shutDownWithDrain();
  for (const end of ends) end();
  await drained;
  await workers.stop();
  expect(lines()).toContain(`${active} 0`);
  const time = 'controller_runtime_reconcile_time_seconds';
  expect(lines()).toContain(`${time}_sum{controller="users"} 3`);
  expect(lines()).toContain(`${time}_bucket{controller="users",le="1.25"} 0`);
  expect(lines()).toContain(`${time}_bucket{controller="users",le="1.5"} 2`);
});
