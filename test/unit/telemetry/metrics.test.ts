import { ActionMetrics } from '../../../src/telemetry/metrics/actions.ts';
import { printMetrics, printNumber } from '../../../src/telemetry/metrics/exposition.ts';
import { processMetrics } from '../../../src/telemetry/metrics/process.ts';
import { Counter, HistogramVector } from '../../../src/telemetry/metrics/vectors.ts';

describe('metrics as text', () => {
  it('stand together by name, however they came', () => {
    const one = new Counter('a_total', 'Of a.');
    const other = new Counter('b_total', 'Of b.');
    one.add({ queue: 'users' });
    other.add({ queue: 'users' }, 0);
    const again = new Counter('a_total', 'Of a.');
    again.add({ queue: 'machine' }, 2.5);
    const text = printMetrics([one, other, again].flatMap((each) => [...each.collect()]));
    expect(text).toBe(
      [
        '# HELP a_total Of a.',
        '# TYPE a_total counter',
        'a_total{queue="users"} 1',
        'a_total{queue="machine"} 2.5',
        '# HELP b_total Of b.',
        '# TYPE b_total counter',
        'b_total{queue="users"} 0',
        '',
      ].join('\n'),
    );
  });

  it('have one series for each set of labels', () => {
    const counter = new Counter('a_total', '');
    for (const action of ['clone', 'write', 'clone']) counter.add({ action });
    expect([...counter.collect()]).toMatchObject([
      { labels: { action: 'clone' }, value: 2 },
      { labels: { action: 'write' }, value: 1 },
    ]);
  });

  it('count a histogram upwards, and all of it at the end', () => {
    const histogram = new HistogramVector('a_seconds', 'Time.', [0.1, 1]);
    for (const value of [0.1, 0.5, 2]) histogram.observe({ of: 'x' }, value);
    expect(printMetrics(histogram.collect()).split('\n').slice(2, -1)).toEqual([
      'a_seconds_bucket{of="x",le="0.1"} 1',
      'a_seconds_bucket{of="x",le="1"} 2',
      'a_seconds_bucket{of="x",le="+Inf"} 3',
      'a_seconds_sum{of="x"} 2.6',
      'a_seconds_count{of="x"} 3',
    ]);
  });

  it('escape what would end a label or a line', () => {
    const counter = new Counter('a_total', 'one\ntwo \\ "three"');
    counter.add({ path: 'a"b\\c\nd' });
    expect(printMetrics(counter.collect()).split('\n')).toEqual([
      String.raw`# HELP a_total one\ntwo \\ "three"`,
      '# TYPE a_total counter',
      String.raw`a_total{path="a\"b\\c\nd"} 1`,
      '',
    ]);
  });

  it.each([
    [0, '0'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [1e-8, '1e-08'],
    [0.25, '0.25'],
    [999_999, '999999'],
    [1_234_567, '1.234567e+06'],
    [1e100, '1e+100'],
    [-1.5, '-1.5'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [NaN, 'NaN'],
  ])('print %d as Go does', (value, text) => {
    expect(printNumber(value)).toBe(text);
  });
});

describe('actions', () => {
  const drift = { cause: { kind: 'Drift', section: 'files' }, action: 'write-file', duration: 20 } as const;

  it('are counted by kind, result and time', () => {
    const metrics = new ActionMetrics();
    metrics.ended({ ...drift, result: 'done' });
    metrics.ended({ ...drift, result: 'failed', duration: 40_000 });
    const lines = printMetrics(metrics.collect()).split('\n');
    expect(lines).toContain(
      'workstation_action_duration_seconds_sum{action="write-file",result="done"} 0.02',
    );
    expect(lines).toContain(
      'workstation_action_duration_seconds_bucket{action="write-file",result="failed",le="30"} 0',
    );
    expect(lines).toContain(
      'workstation_action_duration_seconds_bucket{action="write-file",result="failed",le="60"} 1',
    );
  });

  it('repair drift when it was drift, and they are done', () => {
    const metrics = new ActionMetrics();
    metrics.ended({ ...drift, result: 'done' });
    metrics.ended({ ...drift, result: 'failed' });
    metrics.ended({ ...drift, result: 'done', cause: { kind: 'Declared', section: 'files' } });
    expect(printMetrics(metrics.collect()).split('\n')).toContain(
      'workstation_drift_repaired_total{section="files"} 1',
    );
  });
});

describe('the process', () => {
  it('tells what Prometheus’ libraries tell', () => {
    const values = new Map(
      [...processMetrics.collect()].map((metric) => [
        metric.name,
        metric.type === 'histogram' ? NaN : metric.value,
      ]),
    );
    expect([...values.keys()]).toEqual([
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'process_start_time_seconds',
      'process_open_fds',
      'process_max_fds',
    ]);
    expect(values.get('process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(values.get('process_resident_memory_bytes')).toBeGreaterThan(2 ** 20);
    expect(values.get('process_open_fds')).toBeGreaterThan(2);
    expect(values.get('process_max_fds')).toBeGreaterThan(values.get('process_open_fds') ?? 0);
    const started = (values.get('process_start_time_seconds') ?? 0) * 1000;
    expect(started).toBeLessThanOrEqual(Date.now());
    expect(started).toBeGreaterThan(Date.now() - 3_600_000);
  });
});
