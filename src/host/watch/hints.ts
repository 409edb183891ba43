/** Hints of one moment, each once. */
import type { Hint } from './hint.ts';
import type { SetTimer } from './timer.ts';

/** Milliseconds. One `useradd` changes four databases within some. */
const MOMENT_MS = 20;

export class Hints {
  readonly #onHint: (hint: Hint) => void;
  readonly #setTimer: SetTimer;
  #waiting = new Map<string, Hint>();
  /** Runs exactly while something waits. */
  #cancel: (() => void) | undefined;

  constructor(onHint: (hint: Hint) => void, setTimer: SetTimer) {
    this.#onHint = onHint;
    this.#setTimer = setTimer;
  }

  add(hints: readonly Hint[]): void {
    for (const hint of hints) this.#waiting.set(Object.values(hint).join('\0'), hint);
    if (this.#waiting.size > 0) this.#cancel ??= this.#setTimer(() => this.#tell(), MOMENT_MS);
  }

  close(): void {
    this.#cancel?.();
    this.#waiting.clear();
  }

  #tell(): void {
    const told = this.#waiting;
    this.#waiting = new Map();
    this.#cancel = undefined;
    for (const hint of told.values()) this.#onHint(hint);
  }
}
