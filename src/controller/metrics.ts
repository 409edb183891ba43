import { Histogram } from '../telemetry/metrics/histogram.ts';
import type { Collector, Metric } from '../telemetry/metrics/metric.ts';
import type { Clock } from './clock.ts';

/** What a queue tells of itself, key by key. Called on its hot paths: must be quick and must not throw. */
export interface QueueMetrics {
  /** `key` is now asked to run; told once, however many adds are folded into that run. */
  add(key: string): void;
  /** A worker took `key`. */
  get(key: string): void;
  /** The worker is done with `key`. */
  done(key: string): void;
  /** A key was added for later, after a failure or to look again. */
  retry(): void;
}

/** Ten nanoseconds to a thousand seconds in powers of ten: controller-runtime's buckets for both durations. */
const BOUNDS = Array.from({ length: 12 }, (_, power) => Number(`1e${power - 8}`));

/**
 * Counts in memory, under the names client-go's dashboards know (k8s.io/component-base/metrics/prometheus/workqueue).
 * The ages of running work are worked out when asked for, so they need no ticker and are never stale.
 */
export class InMemoryQueueMetrics implements QueueMetrics, Collector {
  readonly #name: string;
  readonly #clock: Clock;
  /** When each key that waits for a worker was first asked to run; its size is the depth. */
  readonly #addTimes = new Map<string, number>();
  /** When each running key was taken. */
  readonly #startTimes = new Map<string, number>();
  readonly #queueDuration = new Histogram(BOUNDS);
  readonly #workDuration = new Histogram(BOUNDS);
  #adds = 0;
  #retries = 0;

  /** @param name the queue's, the label that tells its samples from those of other queues */
  constructor(name: string, clock: Clock) {
    this.#name = name;
    this.#clock = clock;
  }

  add(key: string): void {
    this.#adds++;
    this.#addTimes.set(key, this.#clock.now());
  }

  get(key: string): void {
    const now = this.#clock.now();
    this.#queueDuration.observe((now - (this.#addTimes.get(key) ?? now)) / 1000);
    this.#addTimes.delete(key);
    this.#startTimes.set(key, now);
  }

  done(key: string): void {
    const now = this.#clock.now();
    this.#workDuration.observe((now - (this.#startTimes.get(key) ?? now)) / 1000);
    this.#startTimes.delete(key);
  }

  retry(): void {
    this.#retries++;
  }

  /** The figures of this moment. */
  collect(): readonly Metric[] {
    const now = this.#clock.now();
    const running = [...this.#startTimes.values()].map((start) => (now - start) / 1000);
    const unfinished = running.reduce((sum, seconds) => sum + seconds, 0);
    const longest = Math.max(0, ...running);
    return [
      this.#gauge('depth', 'Keys that wait for a worker', this.#addTimes.size),
      this.#counter('adds_total', 'Keys added, repeats of a waiting key not counted', this.#adds),
      this.#histogram('queue_duration_seconds', 'Time from add to take', this.#queueDuration),
      this.#histogram('work_duration_seconds', 'Time from take to done', this.#workDuration),
      this.#gauge('unfinished_work_seconds', 'Time spent so far on all running keys together', unfinished),
      this.#gauge(
        'longest_running_processor_seconds',
        'Time spent so far on the oldest running key',
        longest,
      ),
      this.#counter('retries_total', 'Keys added for later', this.#retries),
    ];
  }

  #counter(name: string, help: string, value: number): Metric {
    return { ...this.#family(name, help), type: 'counter', value };
  }

  #gauge(name: string, help: string, value: number): Metric {
    return { ...this.#family(name, help), type: 'gauge', value };
  }

  #histogram(name: string, help: string, histogram: Histogram): Metric {
    return { ...this.#family(name, help), type: 'histogram', ...histogram.value() };
  }

  #family(name: string, help: string) {
    return { name: `workqueue_${name}`, help, labels: { name: this.#name } };
  }
}
