/** What a controller tells of its passes, under the names that controller-runtime's dashboards know. */
import { Histogram } from '../telemetry/metrics/histogram.ts';
import type { Collector, Metric } from '../telemetry/metrics/metric.ts';
import { Counter } from '../telemetry/metrics/vectors.ts';
import type { Clock } from './clock.ts';
import type { Outcome, WorkersOptions } from './workers.ts';

type Result = 'success' | 'error' | 'requeue_after';

/** controller-runtime's results of each outcome; it has none for what is held up, which is asked for again later. */
const RESULTS: Readonly<Record<Outcome['kind'], Result>> = {
  done: 'success',
  failed: 'error',
  'requeue-after': 'requeue_after',
  waiting: 'requeue_after',
};

/** Seconds: controller-runtime's buckets. */
const BOUNDS = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5,
  1.75, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];

export class PassMetrics implements Collector {
  readonly #controller: string;
  readonly #clock: Clock;
  readonly #totals = new Counter('controller_runtime_reconcile_total', 'Passes over a key, by result.');
  readonly #time = new Histogram(BOUNDS);
  #errors = 0;
  #active = 0;
  #workers = 0;

  /** @param controller the label that tells its series from those of other controllers */
  constructor(controller: string, clock: Clock) {
    this.#controller = controller;
    this.#clock = clock;
    for (const result of new Set(Object.values(RESULTS))) this.#totals.add({ controller, result }, 0);
  }

  /** The same workers, whose passes are counted. */
  measuring(options: WorkersOptions): WorkersOptions {
    this.#workers = options.count;
    return {
      ...options,
      reconcile: (key, signal) => this.#pass(() => options.reconcile(key, signal)),
    };
  }

  async #pass(reconcile: () => Promise<Outcome>): Promise<Outcome> {
    const begun = this.#clock.now();
    let result: Result = 'error';
    this.#active++;
    try {
      const outcome = await reconcile();
      result = RESULTS[outcome.kind];
      return outcome;
    } finally {
      this.#active--;
      this.#time.observe((this.#clock.now() - begun) / 1000);
      this.#totals.add({ controller: this.#controller, result });
      if (result === 'error') this.#errors++;
    }
  }

  *collect(): Iterable<Metric> {
    yield* this.#totals.collect();
    yield {
      ...this.#named('reconcile_errors_total', 'Passes that failed.'),
      type: 'counter',
      value: this.#errors,
    };
    const time = this.#named('reconcile_time_seconds', 'Time that one pass takes.');
    yield { ...time, type: 'histogram', ...this.#time.value() };
    yield { ...this.#named('active_workers', 'Passes that run now.'), type: 'gauge', value: this.#active };
    const most = this.#named('max_concurrent_reconciles', 'Passes that may run at a time.');
    yield { ...most, type: 'gauge', value: this.#workers };
  }

  #named(name: string, help: string) {
    return { name: `controller_runtime_${name}`, help, labels: { controller: this.#controller } };
  }
}
