import type { Clock } from '../controller/clock.ts';

/** client-go's: so many at once about one object, and then one every five minutes. */
const BURST = 25;
const REFILL = 5 * 60_000;

/** How much may be said about each object. What is refused does not count against what comes later. */
export class Allowances {
  readonly #clock: Clock;
  /** By object, least lately used first: what was left, and when. One that is full again is as good as absent. */
  readonly #left = new Map<string, { readonly count: number; readonly at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes one, if one is left. */
  take(key: string): boolean {
    const now = this.#clock.now();
    const { count, at } = this.#left.get(key) ?? { count: BURST, at: now };
    const left = Math.min(BURST, count + (now - at) / REFILL);
    if (left < 1) return false;
    this.#left.delete(key);
    this.#left.set(key, { count: left - 1, at: now });
    this.#dropFull(now);
    return true;
  }

  #dropFull(now: number): void {
    for (const [key, { at }] of this.#left) {
      if (now - at < BURST * REFILL) return;
      this.#left.delete(key);
    }
  }
}
