/** Looks at everybody now and then though nothing changes: what no hint told of is found then. */
import type { Clock } from '../controller/clock.ts';
import type { NextTry } from './view.ts';

export interface ResyncOptions {
  readonly clock: Clock;
  readonly now: () => Date;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Milliseconds between two looks, a tenth more or less. */
  readonly interval: number;
  readonly run: () => void;
}

export class Resync {
  readonly #options: ResyncOptions;
  #cancel: (() => void) | undefined;
  #next: NextTry | undefined;

  constructor(options: ResyncOptions) {
    this.#options = options;
  }

  get next(): NextTry | undefined {
    return this.#next;
  }

  start(): void {
    const { clock, now, random, interval, run } = this.#options;
    const wait = interval * (0.9 + random() / 5);
    this.#next = { at: new Date(now().getTime() + wait).toISOString(), why: 'everybody is looked at again' };
    this.#cancel = clock.setTimer(() => {
      this.start();
      run();
    }, wait);
  }

  stop(): void {
    this.#cancel?.();
  }
}
