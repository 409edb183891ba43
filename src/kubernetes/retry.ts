/** When a request is worth sending again: one policy for all of them. */
import type { Clock } from '../controller/clock.ts';
import type { ApiError } from './api.ts';
import { Backoff } from './backoff.ts';
import type { ApiRequest } from './transport.ts';

/** Milliseconds. */
export interface Limits {
  /** For one attempt. */
  readonly attempt: number;
  /** For all attempts of a request, with the waits between them. */
  readonly request: number;
}

/** An attempt may be queued by the server's flow control for a quarter of a minute before it is worked on. */
export const LIMITS: Limits = { attempt: 20_000, request: 45_000 };

const MOST_ATTEMPTS = 5;
const FIRST_WAIT = 100;
const LONGEST_WAIT = 5000;

/** Decides after each failure of one request. */
export class Retry {
  readonly #isIdempotent: boolean;
  readonly #backoff: Backoff;
  readonly #clock: Clock;
  /** On the clock: nothing is begun after it. */
  readonly #end: number;
  #attempts = 0;
  #hasRenewed = false;

  constructor(request: ApiRequest, limits: Limits, clock: Clock, random: () => number) {
    // An apply or a merge patch sent twice comes to the same; a POST makes, or collects, twice.
    this.#isIdempotent = request.method !== 'POST';
    this.#backoff = new Backoff({ clock, random, base: FIRST_WAIT, max: LONGEST_WAIT });
    this.#clock = clock;
    this.#end = clock.now() + limits.request;
  }

  /** Milliseconds to wait for the next attempt; undefined when there shall be none. */
  after(error: ApiError): number | undefined {
    this.#attempts++;
    if (this.#attempts >= MOST_ATTEMPTS) return undefined;
    if (error.status === 401) return this.#renewOnce();
    if (!isTransient(error) || !(this.#isIdempotent || isUndone(error))) return undefined;
    const wait = this.#backoff.next(error.retryAfter);
    return this.#clock.now() + wait < this.#end ? wait : undefined;
  }

  /** Milliseconds that are left for everything. */
  get left(): number {
    return Math.max(0, this.#end - this.#clock.now());
  }

  /** Credentials may have been rotated: they are read again once, and at once. */
  #renewOnce(): number | undefined {
    if (this.#hasRenewed) return undefined;
    this.#hasRenewed = true;
    return 0;
  }
}

/** Whether the same request may well succeed soon. */
export function isTransient({ status }: ApiError): boolean {
  return status === 0 || status === 429 || status === 500 || (status >= 502 && status <= 504);
}

/** Whether the server has certainly not begun to do what it was asked. */
function isUndone({ status, cause }: ApiError): boolean {
  return status === 429 || (cause as NodeJS.ErrnoException | undefined)?.code === 'ECONNREFUSED';
}
