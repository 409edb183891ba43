/** Counts events within the second they fall into. */

/** Milliseconds. */
const WINDOW = 1000;

/** More than installing a package makes in one directory, and no load yet. */
const MOST = 2000;

export class Rate {
  readonly #now: () => number;
  #since: number;
  #count = 0;

  /** @param now milliseconds, of a clock that never goes back */
  constructor(now: () => number) {
    this.#now = now;
    this.#since = now();
  }

  /** Counts one event; true when there have been too many. */
  isExceeded(): boolean {
    const now = this.#now();
    if (now - this.#since >= WINDOW) {
      this.#since = now;
      this.#count = 0;
    }
    this.#count += 1;
    return this.#count > MOST;
  }
}
