/** The queue of an agent and its workers: what is asked for, why, and when it ran. */
import type { Clock } from '../controller/clock.ts';
import type { WorkQueue } from '../controller/queue.ts';
import type { PassMetrics } from '../controller/passmetrics.ts';
import { startWorkers, type Outcome, type Workers, type WorkersOptions } from '../controller/workers.ts';
import type { Logger } from '../telemetry/logger.ts';
import { Causes, type Cause } from './causes.ts';
import { parseKey, userKey } from './keys.ts';

export interface ErrandsOptions {
  readonly queue: WorkQueue;
  readonly clock: Clock;
  readonly log: Logger;
  /** Passes at a time. */
  readonly workers: number;
  readonly metrics?: PassMetrics;
}

export class Errands {
  readonly #options: ErrandsOptions;
  readonly #causes = new Causes();
  /** Keys asked for before the workers began that have had no pass yet. */
  readonly #unseen = new Set<string>();
  #workers: Workers | undefined;

  constructor(options: ErrandsOptions) {
    this.#options = options;
  }

  /** Whether everything that was asked for before the start has had a pass. */
  get isThrough(): boolean {
    return this.#workers !== undefined && this.#unseen.size === 0;
  }

  ask(key: string, cause: Cause, priority: number, after = 0): void {
    if (this.#workers === undefined) this.#unseen.add(key);
    this.#causes.note(key, cause);
    this.#options.queue.add(key, { priority, after });
  }

  /** @param names metadata.name of each */
  askForUsers(names: Iterable<string>, cause: Cause, priority: number): void {
    for (const name of names) this.ask(userKey(name), cause, priority);
  }

  start(reconcile: (key: string, cause: Cause, hurry: AbortSignal) => Promise<Outcome>): void {
    const { queue, clock, workers, metrics } = this.#options;
    const options: WorkersOptions = {
      queue,
      count: workers,
      clock,
      reconcile: (key, hurry) =>
        reconcile(key, this.#causes.take(key), hurry).finally(() => this.#unseen.delete(key)),
      onOutcome: (key, outcome) => this.#afterwards(key, outcome),
    };
    this.#workers = startWorkers(metrics?.measuring(options) ?? options);
  }

  /** @param grace milliseconds that running passes are given before they are told to hurry */
  async stop(grace: number): Promise<void> {
    await this.#workers?.stop(grace);
  }

  #afterwards(key: string, outcome: Outcome): void {
    if (outcome.kind !== 'failed') return;
    this.#causes.note(key, parseKey(key).kind === 'leave' ? 'Leave' : 'Retry');
    const { error } = outcome;
    this.#options.log.log('warning', `${key}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
