import type { Clock } from './clock.ts';

/** Decides how long a key that failed waits for its next run. */
export interface Limiter {
  /** Counts one more failure of `key` and returns the milliseconds to wait: finite, 0 or more. */
  when(key: string): number;
  /** Drops what is remembered of `key`. Whoever calls `when` calls this once the key is well or gone. */
  forget(key: string): void;
  /** Failures of `key` since it was last forgotten. */
  numRequeues(key: string): number;
}

/** Per key: `base` milliseconds after the first failure, doubled with each further one, never above `max`. */
export class ItemExponentialFailureLimiter implements Limiter {
  readonly #base: number;
  readonly #max: number;
  /** Failures by key; a key without any is absent. */
  readonly #failures = new Map<string, number>();

  /** @throws RangeError unless 0 < base ≤ max < Infinity, all in milliseconds */
  constructor(base: number, max: number) {
    if (!(base > 0 && base <= max && max < Infinity)) {
      throw new RangeError(
        `make a failure limiter: base is ${base} ms and max ${max} ms, give 0 < base <= max, both finite`,
      );
    }
    this.#base = base;
    this.#max = max;
  }

  when(key: string): number {
    const failures = this.numRequeues(key);
    this.#failures.set(key, failures + 1);
    // After some thousand failures the power is Infinity, which the smaller `max` still tames.
    return Math.min(this.#max, this.#base * 2 ** failures);
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  numRequeues(key: string): number {
    return this.#failures.get(key) ?? 0;
  }
}

/** Over all keys together: a token bucket, which lets `burst` pass at once and then `perSecond` each second. */
export class BucketLimiter implements Limiter {
  readonly #clock: Clock;
  readonly #perSecond: number;
  readonly #burst: number;
  /** At most `burst`; below zero when tokens of the time to come are already given away. */
  #tokens: number;
  /** When `tokens` was last brought up to date. */
  #updated: number;

  /** @throws RangeError unless perSecond > 0 and burst ≥ 1, both finite */
  constructor(clock: Clock, perSecond: number, burst: number) {
    if (!(perSecond > 0 && perSecond < Infinity && burst >= 1 && burst < Infinity)) {
      throw new RangeError(
        `make a token bucket: rate is ${perSecond}/s and burst ${burst}, give a rate above 0 and a burst from 1, both finite`,
      );
    }
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
    this.#updated = clock.now();
  }

  when(): number {
    const now = this.#clock.now();
    const earned = ((now - this.#updated) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#burst, this.#tokens + earned) - 1;
    this.#updated = now;
    return this.#tokens >= 0 ? 0 : (-this.#tokens / this.#perSecond) * 1000;
  }

  /** Does nothing: a token once used stays used, whoever used it. */
  forget(): void {}

  numRequeues(): number {
    return 0;
  }
}

/** The strictest of several: every one of them is asked, the longest wait and the highest count are taken. */
export class MaxOfLimiter implements Limiter {
  readonly #limiters: readonly Limiter[];

  constructor(...limiters: readonly Limiter[]) {
    this.#limiters = limiters;
  }

  when(key: string): number {
    return Math.max(0, ...this.#limiters.map((limiter) => limiter.when(key)));
  }

  forget(key: string): void {
    for (const limiter of this.#limiters) limiter.forget(key);
  }

  numRequeues(key: string): number {
    return Math.max(0, ...this.#limiters.map((limiter) => limiter.numRequeues(key)));
  }
}

/** What client-go gives a controller: 5 ms to 1000 s per key, and 10 retries a second with a burst of 100 overall. */
export function defaultControllerLimiter(clock: Clock): Limiter {
  return new MaxOfLimiter(new ItemExponentialFailureLimiter(5, 1_000_000), new BucketLimiter(clock, 10, 100));
}
