import type { Clock } from '../../../src/controller/clock.ts';

interface Timer {
  readonly at: number;
  readonly fn: () => void;
}

/** A clock that stands still until it is told to advance. */
export class FakeClock implements Clock {
  readonly #timers = new Set<Timer>();
  #now = 1000;

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#now;
  }

  setTimer(fn: () => void, ms: number): () => void {
    const timer = { at: this.#now + ms, fn };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Lets `ms` pass; each timer due by then fires at its own time. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let timer = this.#nextBy(end); timer !== undefined; timer = this.#nextBy(end)) {
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, timer.at);
      timer.fn();
    }
    this.#now = end;
  }

  #nextBy(end: number): Timer | undefined {
    const due = [...this.#timers].filter((timer) => timer.at <= end);
    return due.reduce<Timer | undefined>(
      (first, timer) => (first && first.at <= timer.at ? first : timer),
      undefined,
    );
  }
}
