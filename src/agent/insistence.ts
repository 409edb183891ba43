/** Work that must not be lost because it cannot be done just now, as while no descriptors are left: it is tried again. */
import type { Clock } from '../controller/clock.ts';
import type { Logger } from '../telemetry/logger.ts';

export interface InsistenceOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** What is attempted, as error messages begin. */
  readonly attempt: string;
  /** Safe to repeat after a failure half-way. Begins before `ask` returns. */
  readonly work: () => void | Promise<void>;
}

/** Milliseconds. */
const AGAIN = 1000;

export class Insistence {
  readonly #options: InsistenceOptions;
  /** Calls the next try off; absent while none is due. */
  #cancel: (() => void) | undefined;
  #isStopped = false;
  /** What kept it from being done when that was tried last. */
  #trouble: string | undefined;

  constructor(options: InsistenceOptions) {
    this.#options = options;
  }

  ask(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    void this.#try();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  async #try(): Promise<void> {
    try {
      await this.#options.work();
      this.#trouble = undefined;
    } catch (error) {
      this.#despair(error instanceof Error ? error.message : String(error));
    }
  }

  #despair(trouble: string): void {
    if (this.#isStopped) return;
    const { clock, log, attempt } = this.#options;
    if (trouble !== this.#trouble)
      log.log('error', `${attempt}: ${trouble}: it is tried again until it can be done`);
    this.#trouble = trouble;
    this.#cancel ??= clock.setTimer(() => this.ask(), AGAIN);
  }
}
