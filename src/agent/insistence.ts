/** Work that must not be lost because it cannot be done just now, as while no descriptors are left: it is tried again. */
import type { Clock } from '../controller/clock.ts';
import type { Logger } from '../telemetry/logger.ts';

/** Milliseconds. */
const AGAIN = 1000;

export class Insistence {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #attempt: string;
  readonly #work: () => void | Promise<void>;
  /** Calls the next try off; absent while none is due. */
  #cancel: (() => void) | undefined;
  #isStopped = false;
  /** What kept it from being done when that was tried last. */
  #trouble: string | undefined;

  /**
   * @param attempt what is attempted, as error messages begin
   * @param work safe to repeat after a failure half-way; begins before `ask` returns
   */
  constructor(
    { clock, log }: { readonly clock: Clock; readonly log: Logger },
    attempt: string,
    work: () => void | Promise<void>,
  ) {
    this.#clock = clock;
    this.#log = log;
    this.#attempt = attempt;
    this.#work = work;
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
      await this.#work();
      this.#trouble = undefined;
    } catch (error) {
      this.#despair(error instanceof Error ? error.message : String(error));
    }
  }

  #despair(trouble: string): void {
    if (this.#isStopped) return;
    if (trouble !== this.#trouble)
      this.#log.log('error', `${this.#attempt}: ${trouble}: it is tried again until it can be done`);
    this.#trouble = trouble;
    this.#cancel ??= this.#clock.setTimer(() => this.ask(), AGAIN);
  }
}
