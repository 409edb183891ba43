import { spawnSync } from 'node:child_process';
import { InMemoryQueueMetrics } from '../../src/controller/metrics.ts';
import { PassMetrics } from '../../src/controller/passmetrics.ts';
import { realClock } from '../../src/controller/clock.ts';
import { agentMetrics } from '../../src/server/metrics.ts';
import { ActionMetrics } from '../../src/telemetry/metrics/actions.ts';
import { printMetrics } from '../../src/telemetry/metrics/exposition.ts';
import { processMetrics } from '../../src/telemetry/metrics/process.ts';
import { Counter } from '../../src/telemetry/metrics/vectors.ts';
import { describeServers } from '../harness/requirements.ts';
import { serverProgram } from '../harness/servers/build.ts';
import { ToldView, user } from '../unit/server/view.ts';

interface Parsed {
  readonly families: Readonly<Record<string, { readonly type: string; readonly metric: readonly unknown[] }>>;
  readonly problems: readonly unknown[] | null;
}

/** As Prometheus' own library reads it. */
function parse(text: string): Parsed {
  const { status, stdout, stderr } = spawnSync(serverProgram('parse-metrics'), {
    input: text,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`parsing metrics: ${stderr}`);
  return JSON.parse(stdout) as Parsed;
}

function everything(): string {
  const queues = ['users', 'machine'].map((name) => {
    const metrics = new InMemoryQueueMetrics(name, realClock);
    for (const step of ['add', 'get', 'done'] as const) metrics[step]('emo');
    return metrics;
  });
  const actions = new ActionMetrics();
  const cause = { kind: 'Drift', section: 'files' };
  actions.ended({ action: 'write-file', result: 'done', cause, duration: 3 });
  const collectors = [
    ...queues,
    ...['users', 'machine'].map((name) => new PassMetrics(name, realClock)),
    actions,
    processMetrics,
    agentMetrics(new ToldView(user('emo', 1000), user('bea', undefined, { ready: false }))),
  ];
  return printMetrics(collectors.flatMap((each) => [...each.collect()]));
}

describeServers('metrics as Prometheus reads them', ['parse-metrics'], () => {
  it('are each a family of the right type, and nothing to complain about', () => {
    const { families, problems } = parse(everything());
    expect(problems).toBeNull();
    const [counter, gauge, histogram] = ['COUNTER', 'GAUGE', 'HISTOGRAM'];
    const types = Object.fromEntries(Object.entries(families).map(([name, { type }]) => [name, type]));
    expect(types).toMatchObject({
      controller_runtime_active_workers: gauge,
      controller_runtime_max_concurrent_reconciles: gauge,
      controller_runtime_reconcile_errors_total: counter,
      controller_runtime_reconcile_time_seconds: histogram,
      controller_runtime_reconcile_total: counter,
      process_cpu_seconds_total: counter,
      process_resident_memory_bytes: gauge,
      workqueue_adds_total: counter,
      workqueue_depth: gauge,
      workqueue_queue_duration_seconds: histogram,
      workstation_action_duration_seconds: histogram,
      workstation_drift_repaired_total: counter,
      workstation_users: gauge,
    });
    expect(families.workqueue_depth?.metric).toHaveLength(2);
    expect(families.workstation_users?.metric).toHaveLength(3);
  });

  it('keep whatever stands in a label', () => {
    const odd = new Counter('odd_total', 'one\ntwo \\n "three"');
    const value = 'a"b\\c\nd\\n é\u{1f600}';
    odd.add({ value });
    const { families } = parse(printMetrics(odd.collect()));
    expect(families.odd_total).toMatchObject({
      help: 'one\ntwo \\n "three"',
      metric: [{ label: [{ name: 'value', value }], counter: { value: 1 } }],
    });
  });

  it('name bounds as every Go program does', () => {
    const { families } = parse(everything());
    expect(families.workqueue_queue_duration_seconds?.metric[0]).toMatchObject({
      histogram: {
        sampleCount: '1',
        bucket: expect.arrayContaining([expect.objectContaining({ upperBound: 1e-5 })]),
      },
    });
    expect(everything()).toContain('workqueue_queue_duration_seconds_bucket{name="users",le="1e-05"}');
  });
});
