/** How requests reach an API server: what carries them, and what carries them in a test. */

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface ApiRequest {
  /** Begins the sentence when it fails, e.g. "list workstationusers". */
  readonly attempt: string;
  readonly method: Method;
  /** Absolute, below the server's address. */
  readonly path: string;
  /** What is undefined is left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON, which is YAML too. */
  readonly body?: object;
  /** Of the body; application/json when left out. */
  readonly contentType?: string;
}

export interface Transport {
  /**
   * The parsed answer. What is safe to repeat is repeated, within the limits of this transport.
   * @throws ApiError, and the reason of `signal` when that fires
   */
  request(request: ApiRequest, signal?: AbortSignal): Promise<unknown>;
  /**
   * The lines of an answer that has no end of its own, once it has begun. Tried once. The iteration throws ApiError when the
   * connection breaks, and the reason of `signal` when that fires; it ends where the server ends it.
   * @throws ApiError
   */
  stream(request: ApiRequest, signal: AbortSignal): Promise<AsyncIterable<string>>;
}

/** One exchange with the server, told to whoever keeps figures. */
export interface Exchange {
  readonly method: Method;
  readonly path: string;
  /** Whether it is a watch, which lives on after its answer has begun. */
  readonly isWatch: boolean;
  /** HTTP status; 0 without an answer. */
  readonly status: number;
  /** Until the whole answer was there; of a watch, until it began. */
  readonly milliseconds: number;
}
