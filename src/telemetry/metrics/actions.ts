/** What was done to the machine, in numbers. */
import type { Collector, Metric } from './metric.ts';
import { Counter, HistogramVector } from './vectors.ts';

/** Of an action that ended, what is counted: every record of the audit has it. */
export interface CountedAction {
  readonly action: string;
  readonly result: 'done' | 'failed';
  readonly cause: { readonly kind: string; readonly section: string };
  /** Milliseconds. */
  readonly duration: number;
}

/** From what a file takes to what a clone takes, in seconds. */
const BOUNDS = [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

export class ActionMetrics implements Collector {
  readonly #durations = new HistogramVector(
    'workstation_action_duration_seconds',
    'Time that changes to the machine took, by kind and result.',
    BOUNDS,
  );
  readonly #repairs = new Counter(
    'workstation_drift_repaired_total',
    'Changes undone that others had made to what is declared, by section.',
  );

  ended({ action, result, cause, duration }: CountedAction): void {
    this.#durations.observe({ action, result }, duration / 1000);
    if (cause.kind === 'Drift' && result === 'done') this.#repairs.add({ section: cause.section });
  }

  *collect(): Iterable<Metric> {
    yield* this.#durations.collect();
    yield* this.#repairs.collect();
  }
}
