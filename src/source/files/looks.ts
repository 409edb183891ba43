/**
 * When to look: soon after something was heard, every so often without being told, or at once when asked. One look at a
 * time; what is heard during one is answered by one more.
 */
import type { Clock } from '../../controller/clock.ts';

/** `poll`: nobody has said that anything changed. `asked`: somebody says that they are done with changing. */
export type Occasion = 'heard' | 'poll' | 'asked';

export interface LooksOptions {
  readonly look: (occasion: Occasion) => Promise<void>;
  readonly clock: Clock;
  /** Milliseconds between two polls. */
  readonly pollMs: number;
  readonly onError: (error: unknown) => void;
}

export class Looks {
  readonly #options: LooksOptions;
  /** Resolves after every look that was begun or waits for one before it. Never rejects. */
  #last: Promise<void> = Promise.resolve();
  /** Whether a look waits for the one before it; what is heard then needs no other. */
  #isNextHeard = false;
  #next: { readonly due: number; readonly cancel: () => void } | undefined;
  #cancelPoll: (() => void) | undefined;
  #isStopped = false;

  constructor(options: LooksOptions) {
    this.#options = options;
  }

  /** The first look, and a poll every so often from then on. */
  start(): void {
    this.hear(0);
    this.#schedulePoll();
  }

  /** Looks within so many milliseconds. */
  hear(ms: number): void {
    if (this.#isStopped || this.#isNextHeard) return;
    const { clock } = this.#options;
    const due = clock.now() + ms;
    if (this.#next !== undefined && this.#next.due <= due) return;
    this.#next?.cancel();
    this.#next = { due, cancel: clock.setTimer(() => this.#lookAtHeard(), ms) };
  }

  /** Looks after whatever look is under way. */
  ask(): Promise<void> {
    return this.#enqueue('asked');
  }

  /** Resolves when no look runs any more. */
  stop(): Promise<void> {
    this.#isStopped = true;
    this.#next?.cancel();
    this.#cancelPoll?.();
    return this.#last;
  }

  #lookAtHeard(): void {
    this.#next = undefined;
    this.#isNextHeard = true;
    void this.#enqueue('heard');
  }

  #schedulePoll(): void {
    const { clock, pollMs } = this.#options;
    this.#cancelPoll = clock.setTimer(() => void this.#poll(), pollMs);
  }

  async #poll(): Promise<void> {
    await this.#enqueue('poll');
    if (!this.#isStopped) this.#schedulePoll();
  }

  #enqueue(occasion: Occasion): Promise<void> {
    this.#last = this.#last.then(() => this.#look(occasion));
    return this.#last;
  }

  async #look(occasion: Occasion): Promise<void> {
    if (occasion === 'heard') this.#isNextHeard = false;
    if (this.#isStopped) return;
    await this.#options.look(occasion).catch(this.#options.onError);
  }
}
