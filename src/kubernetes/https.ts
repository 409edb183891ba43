/**
 * The transport that is used: node:https with what KubeConfig knows.
 *
 * - Connections are kept; when one turns out dead, those that lay idle beside it are closed too.
 * - Every request ends: in time for each attempt, and in time for all of them.
 * - One policy says what is tried again; credentials that are refused are read again, once for each request.
 */
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Clock } from '../controller/clock.ts';
import { ApiError } from './api.ts';
import { Connections } from './connections.ts';
import type { Credentials } from './credentials.ts';
import { exchange, linesOf } from './exchange.ts';
import { refusalOf, statusOf, unanswered, whyNot } from './refusal.ts';
import { LIMITS, Retry } from './retry.ts';
import type { Limits } from './retry.ts';
import { limit, pause, unlessAborted } from './timing.ts';
import type { Limit } from './timing.ts';
import type { ApiRequest, Exchange, Transport } from './transport.ts';

export interface HttpsOptions {
  readonly credentials: Pick<Credentials, 'current' | 'refused'>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly limits?: Limits;
  /** Must not throw. */
  readonly onExchange?: ((exchange: Exchange) => void) | undefined;
}

export class HttpsTransport implements Transport {
  readonly #options: HttpsOptions;
  readonly #connections: Connections;
  readonly #limits: Limits;
  /** For a sentence. */
  #server = 'the API server';

  constructor(options: HttpsOptions, connections = new Connections()) {
    this.#options = options;
    this.#connections = connections;
    this.#limits = options.limits ?? LIMITS;
  }

  /** The same connections, with other limits. */
  limited(limits: Limits): HttpsTransport {
    return new HttpsTransport({ ...this.#options, limits }, this.#connections);
  }

  async request(request: ApiRequest, signal: AbortSignal = NEVER): Promise<unknown> {
    const { clock, random } = this.#options;
    const retry = new Retry(request, this.#limits, clock, random);
    for (;;) {
      try {
        return await this.#attempt(request, Math.min(this.#limits.attempt, retry.left), signal);
      } catch (error) {
        const wait = error instanceof ApiError ? retry.after(error) : undefined;
        if (wait === undefined) throw error;
        await pause(clock, wait, signal);
        signal.throwIfAborted();
      }
    }
  }

  async stream(request: ApiRequest, signal: AbortSignal): Promise<AsyncIterable<string>> {
    const time = limit(this.#options.clock, this.#limits.attempt, signal);
    try {
      const answer = await this.#open(request, time.signal);
      time.disarm();
      return this.#follow(request, answer, time);
    } catch (cause) {
      time.end();
      throw this.#explained(request, cause, time);
    }
  }

  close(): void {
    this.#connections.close();
  }

  async #attempt(request: ApiRequest, ms: number, signal: AbortSignal): Promise<unknown> {
    const time = limit(this.#options.clock, ms, signal);
    try {
      return parsed(request, await text(await this.#open(request, time.signal)));
    } catch (cause) {
      throw this.#explained(request, cause, time);
    } finally {
      time.end();
    }
  }

  async *#follow(request: ApiRequest, answer: IncomingMessage, time: Limit): AsyncGenerator<string> {
    try {
      yield* linesOf(answer);
    } catch (cause) {
      throw this.#explained(request, cause, time);
    } finally {
      answer.destroy();
      time.end();
    }
  }

  /** The answer as it begins, if it is what was asked for. */
  async #open(request: ApiRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const { credentials } = this.#options;
    const access = await unlessAborted(credentials.current(), signal);
    this.#server = access.server.origin;
    const answer = await this.#told(
      request,
      exchange(access, this.#connections.for(access), request, signal),
    );
    const { statusCode: status = 0, headers } = answer;
    if (status >= 200 && status < 300) return answer;
    if (status === 401) credentials.refused(access);
    const said = statusOf(await text(answer));
    throw refusalOf(request.attempt, said, { status, retryAfter: headers['retry-after'] });
  }

  async #told(request: ApiRequest, answer: Promise<IncomingMessage>): Promise<IncomingMessage> {
    const { clock, onExchange } = this.#options;
    const begin = clock.now();
    const tell = (status = 0): void =>
      onExchange?.({
        method: request.method,
        path: request.path,
        isWatch: request.query?.['watch'] !== undefined,
        status,
        milliseconds: clock.now() - begin,
      });
    answer.then(
      ({ statusCode }) => tell(statusCode),
      () => tell(),
    );
    return answer;
  }

  /** What is thrown for `cause`: the reason of who called it off, or an ApiError. */
  #explained({ attempt }: ApiRequest, cause: unknown, time: Limit): unknown {
    if (cause instanceof ApiError) return cause;
    if (!time.signal.aborted) return unanswered(attempt, this.#server, whyNot(cause), cause);
    if (!time.isOver) return time.signal.reason;
    this.#connections.dropIdle();
    return unanswered(attempt, this.#server, whyNot(time.signal.reason), time.signal.reason);
  }
}

const NEVER = new AbortController().signal;

function parsed({ attempt }: ApiRequest, answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch (cause) {
    throw new ApiError(`${attempt}: the answer is no JSON: check that this is the address of an API server`, {
      status: 200,
      cause,
    });
  }
}
