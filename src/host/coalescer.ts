/**
 * Gathers requests of many into few batches.
 *
 * - One batch at a time; what arrives meanwhile is the next one.
 * - A batch starts when the owner says that nobody else is about to ask (`idle`), or when its oldest request has
 *   waited `maxWait`: a forgotten `idle` costs time, never an answer.
 * - Every request gets its own answer. A batch may leave some of them open, as promises: the next does not wait.
 */
export interface CoalescerOptions<Request, Result> {
  /** Answers each request of a batch, in its order. What it throws is thrown to all of the batch. */
  readonly run: (requests: readonly Request[]) => Promise<readonly (Result | Promise<Result>)[]>;
  /** Milliseconds. */
  readonly maxWait: number;
  /** Calls `fn` once after `ms`; returns what calls it off. */
  readonly setTimer?: (fn: () => void, ms: number) => () => void;
}

interface Waiting<Request, Result> {
  readonly request: Request;
  readonly settle: PromiseWithResolvers<Result>;
}

export class Coalescer<Request, Result> {
  readonly #options: Required<CoalescerOptions<Request, Result>>;
  /** Requests that no batch has taken. */
  #waiting: Waiting<Request, Result>[] = [];
  #isRunning = false;
  /** Whether what waits is to start as soon as no batch runs. Never while nothing waits. */
  #isDue = false;
  /** Runs exactly while something waits and is not due. */
  #cancelTimer: (() => void) | undefined;

  constructor(options: CoalescerOptions<Request, Result>) {
    this.#options = { setTimer: setRealTimer, ...options };
  }

  /** How many requests wait for their batch to start. */
  get waiting(): number {
    return this.#waiting.length;
  }

  add(request: Request): Promise<Result> {
    const settle = Promise.withResolvers<Result>();
    this.#waiting.push({ request, settle });
    if (!this.#isDue) this.#cancelTimer ??= this.#options.setTimer(() => this.idle(), this.#options.maxWait);
    return settle.promise;
  }

  /** Nobody else is about to ask: whatever waits need wait no longer. */
  idle(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#isDue = this.#waiting.length > 0;
    void this.#startDue();
  }

  async #startDue(): Promise<void> {
    if (!this.#isDue || this.#isRunning) return;
    const batch = this.#waiting;
    this.#waiting = [];
    this.#isDue = false;
    this.#isRunning = true;
    await this.#answer(batch);
    this.#isRunning = false;
    void this.#startDue();
  }

  async #answer(batch: readonly Waiting<Request, Result>[]): Promise<void> {
    try {
      const results = await this.#options.run(batch.map(({ request }) => request));
      if (results.length !== batch.length) {
        throw new Error(`run a batch of ${batch.length}: found ${results.length} answers, give one for each`);
      }
      // oxlint-disable-next-line typescript/no-non-null-assertion -- the lengths are equal
      for (const [index, { settle }] of batch.entries()) settle.resolve(results[index]!);
    } catch (error) {
      for (const { settle } of batch) settle.reject(error);
    }
  }
}

function setRealTimer(fn: () => void, ms: number): () => void {
  const timeout = setTimeout(fn, ms);
  return () => clearTimeout(timeout);
}
