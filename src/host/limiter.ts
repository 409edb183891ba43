/** Lets at most so many run at a time; who came first goes first. */
export class Limiter {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param most from 1 */
  constructor(most: number) {
    this.#free = most;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}
