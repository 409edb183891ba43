import { HelperProcess } from './helper.ts';
import type { Request, Response } from './protocol.ts';

/** A request and whoever waits for its response. */
interface Asked {
  readonly request: Request;
  /** What is attempted, as error messages begin. */
  readonly attempt: string;
  readonly resolve: (response: Response) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends requests to the helper process, and to its successor what its end has left unbegun. A process that is asked nothing
 * for a while is let go, since it costs as much memory as a Node does; the next request starts another.
 */
export class RequestQueue {
  readonly #root: string;
  readonly #deadline: number;
  readonly #leisure: number;
  readonly #onRest: () => void;
  /** Sent and not answered, in the order of sending: the first is in hand, those after it have not been begun. */
  #asked: Asked[] = [];
  #helper: HelperProcess | undefined;
  /** Whether this process has shown that it can serve at all. */
  #isReady = false;
  #timer: NodeJS.Timeout | undefined;
  /** Set once no more is asked; resolved when the last process has ended. */
  #closing: PromiseWithResolvers<void> | undefined;

  /**
   * `deadline` is what one request may take, `leisure` how long the process is kept that is asked nothing, in milliseconds;
   * `onRest` is told when it has been let go.
   */
  constructor(root: string, deadline: number, leisure: number, onRest = () => {}) {
    this.#root = root;
    this.#deadline = deadline;
    this.#leisure = leisure;
    this.#onRest = onRest;
  }

  start(): HelperProcess {
    if (this.#helper !== undefined) return this.#helper;
    this.#isReady = false;
    const helper = new HelperProcess(this.#root, {
      onResponse: (response) => this.#answer(response),
      onProgress: () => this.#watch(),
      // One that was let go has answered everything, and another may be at work by now.
      onEnd: (reason) => {
        if (this.#helper === helper) this.#succeed(reason);
      },
    });
    this.#helper = helper;
    return helper;
  }

  /** After an abort the request may still be carried out. */
  async ask(request: Request, attempt: string, signal?: AbortSignal): Promise<Response> {
    signal?.throwIfAborted();
    if (this.#closing !== undefined)
      throw new Error(`${attempt}: homes are no longer worked on: the program is ending`);
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const abandon = (): void => reject(signal?.reason);
    signal?.addEventListener('abort', abandon);
    this.#asked.push({ request, attempt, resolve, reject });
    this.start().send(request);
    if (this.#asked.length === 1) this.#watch();
    return promise.finally(() => signal?.removeEventListener('abort', abandon));
  }

  /** Waits for what has been asked. */
  async close(): Promise<void> {
    if (this.#helper === undefined) return;
    this.#closing ??= Promise.withResolvers<void>();
    this.#helper.finish();
    this.#watch();
    await this.#closing.promise;
  }

  #answer(response: Response): void {
    if (response.kind === 'ready') this.#isReady = true;
    else this.#asked.shift()?.resolve(response);
    this.#watch();
  }

  /** Gives the request in hand, a process that is to end, or one that nobody needs, its time. */
  #watch(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#helper === undefined) return;
    if (this.#asked.length === 0 && this.#closing === undefined) {
      this.#timer = setTimeout(() => this.#letGo(), this.#leisure).unref();
      return;
    }
    const timer = setTimeout(() => {
      // An answer may have come while this program itself was busy: it is read before an immediate runs.
      setImmediate(() => {
        if (this.#timer === timer)
          this.#helper?.kill(`did not answer within ${this.#deadline} ms and was ended`);
      });
    }, this.#deadline);
    this.#timer = timer;
  }

  #letGo(): void {
    this.#helper?.finish();
    this.#helper = undefined;
    this.#onRest();
  }

  /** Fails what the process ended over, and gives all else to a new one. */
  #succeed(reason: string): void {
    const [inHand] = this.#asked;
    const isOver = (asked: Asked): boolean =>
      !this.#isReady || asked.request.user.uid === inHand?.request.user.uid;
    const over = this.#asked.filter(isOver);
    this.#asked = this.#asked.filter((asked) => !isOver(asked));
    this.#helper = undefined;
    for (const { attempt, reject } of over)
      reject(new Error(`${attempt}: the helper process for homes ${reason}`));
    for (const { request } of this.#asked) this.start().send(request);
    if (this.#helper === undefined) this.#closing?.resolve();
    else if (this.#closing !== undefined) this.start().finish();
    this.#watch();
  }
}
