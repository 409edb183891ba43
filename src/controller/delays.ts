import type { Clock } from './clock.ts';
import { Heap } from './heap.ts';
import type { Timed } from './heap.ts';

/** A key that waits for its time. */
export interface Wait extends Timed {
  readonly key: string;
  readonly priority: number;
}

/** Keys that wait for their time, handed to `onDue` in the order of these; first come first served among equals. */
export class Delays {
  readonly #clock: Clock;
  readonly #onDue: (wait: Wait) => void;
  /** The same waits twice: by key, and earliest first. */
  readonly #waits = new Map<string, Wait>();
  readonly #heap = new Heap<Wait>();
  /**
   * The one timer for all waits; never set for later than the first of them. It may be set for earlier, or
   * for none, because taking a key out leaves it alone: a wake-up for nothing is cheaper than a new timer.
   */
  #timer: { readonly at: number; readonly cancel: () => void } | undefined;
  #order = 0;

  constructor(clock: Clock, onDue: (wait: Wait) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** Lets `key` wait for `ms` milliseconds; one that waits already keeps the earlier time and the higher priority. */
  add(key: string, priority: number, ms: number): void {
    const at = this.#clock.now() + ms;
    const before = this.remove(key);
    if (before === undefined) this.#push({ key, priority, at, order: this.#order++, index: 0 });
    else this.#push(merged(before, priority, at, this.#order++));
    this.#arm();
  }

  /** Takes out `key`; returns its wait, if it had one. */
  remove(key: string): Wait | undefined {
    const wait = this.#waits.get(key);
    if (wait === undefined) return undefined;
    this.#waits.delete(key);
    this.#heap.remove(wait);
    return wait;
  }

  clear(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#waits.clear();
    this.#heap.clear();
  }

  #push(wait: Wait): void {
    this.#waits.set(wait.key, wait);
    this.#heap.push(wait);
  }

  #arm(): void {
    const first = this.#heap.first;
    if (first === undefined || (this.#timer !== undefined && this.#timer.at <= first.at)) return;
    this.#timer?.cancel();
    const cancel = this.#clock.setTimer(() => this.#fire(), Math.max(0, first.at - this.#clock.now()));
    this.#timer = { at: first.at, cancel };
  }

  #fire(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    for (let first = this.#heap.first; first !== undefined && first.at <= now; first = this.#heap.first) {
      this.remove(first.key);
      this.#onDue(first);
    }
    this.#arm();
  }
}

/** `before`, unless what is asked for now is earlier or of higher priority. */
function merged(before: Wait, priority: number, at: number, order: number): Wait {
  const when = at < before.at ? { at, order } : { at: before.at, order: before.order };
  return { key: before.key, priority: Math.max(priority, before.priority), index: 0, ...when };
}
