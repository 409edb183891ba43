/**
 * Metrics as text, in the Prometheus exposition format 0.0.4:
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
import type { Labels, Metric } from './metric.ts';

export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Text ended by a newline. Series of one name stand together, in the order in which the first ones came. */
export function printMetrics(metrics: Iterable<Metric>): string {
  const families = Map.groupBy(metrics, ({ name }) => name);
  return [...families.values()].map(printFamily).join('');
}

function printFamily(series: readonly Metric[]): string {
  const [first] = series;
  if (first === undefined) return '';
  const help = first.help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  const head = [`# HELP ${first.name} ${help}`, `# TYPE ${first.name} ${first.type}`];
  return [...head, ...series.flatMap(printSeries)].map((line) => `${line}\n`).join('');
}

function printSeries(metric: Metric): string[] {
  const { name, labels } = metric;
  if (metric.type !== 'histogram') return [sample(name, labels, metric.value)];
  const buckets = [...metric.buckets, { le: Infinity, count: metric.count }];
  return [
    ...buckets.map(({ le, count }) => sample(`${name}_bucket`, { ...labels, le: printNumber(le) }, count)),
    sample(`${name}_sum`, labels, metric.sum),
    sample(`${name}_count`, labels, metric.count),
  ];
}

function sample(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escape(text)}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${printNumber(value)}`;
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

/**
 * As Go's %g prints it, which every exporter of Kubernetes uses: the bound of a bucket is a label, and labels are compared
 * as text.
 */
export function printNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
