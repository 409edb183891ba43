import type { Clock } from '../controller/clock.ts';

export interface BackoffOptions {
  readonly clock: Clock;
  /** From 0 up to 1, like Math.random. */
  readonly random: () => number;
  /** Milliseconds after the first failure, before jitter. */
  readonly base: number;
  /** Milliseconds, before jitter. */
  readonly max: number;
  /** Milliseconds without a failure after which the next one counts as the first; never when left out. */
  readonly resetAfter?: number;
}

/** How long to wait after failures in a row: doubled with each, up to a limit, and up to as much again at random. */
export class Backoff {
  readonly #options: BackoffOptions;
  #failures = 0;
  #lastFailure = -Infinity;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** Counts a failure; the milliseconds to wait, never less than `atLeast`. */
  next(atLeast = 0): number {
    const { clock, random, base, max, resetAfter = Infinity } = this.#options;
    if (clock.now() - this.#lastFailure > resetAfter) this.#failures = 0;
    this.#lastFailure = clock.now();
    const wait = Math.min(max, base * 2 ** this.#failures++) * (1 + random());
    return Math.max(atLeast, wait);
  }

  reset(): void {
    this.#failures = 0;
  }
}
