import { setImmediate as nextTurn } from 'node:timers/promises';
import { ApiError } from '../../../src/kubernetes/api.ts';
import type { KubernetesObject } from '../../../src/kubernetes/objects.ts';
import type { ApiRequest, Transport } from '../../../src/kubernetes/transport.ts';

/** A watch that a test feeds and ends. */
export interface OpenWatch {
  readonly query: NonNullable<ApiRequest['query']>;
  readonly isClosed: boolean;
  send(event: object): void;
  /** As a server ends it, or with an error as a network does. */
  end(error?: Error): void;
}

/** Answers what a test tells it to: a reflector's server, whose watches stand still until they are fed. */
export class FakeTransport implements Transport {
  readonly watches: OpenWatch[] = [];
  readonly lists: NonNullable<ApiRequest['query']>[] = [];
  /** What every new watch is refused with. */
  refusal: ApiError | undefined;
  /** What every list is answered with. */
  page: () => unknown = () => ({ items: [], metadata: { resourceVersion: '1000' } });

  get last(): OpenWatch {
    return this.watches.at(-1)!;
  }

  request({ query = {} }: ApiRequest): Promise<unknown> {
    this.lists.push(query);
    return Promise.resolve().then(this.page);
  }

  stream({ query = {} }: ApiRequest, signal: AbortSignal): Promise<AsyncIterable<string>> {
    const lines: (string | Error | undefined)[] = [];
    let wake = (): void => {};
    let isClosed = false;
    const put = (line: string | Error | undefined): void => {
      lines.push(line);
      wake();
    };
    signal.addEventListener('abort', () => put(signal.reason as Error));
    this.watches.push({
      query,
      get isClosed() {
        return isClosed;
      },
      send: (event) => put(JSON.stringify(event)),
      end: (error) => put(error),
    });
    if (this.refusal !== undefined) return Promise.reject(this.refusal);
    return Promise.resolve(
      (async function* () {
        try {
          for (;;) {
            while (lines.length === 0) await new Promise<void>((resolve) => (wake = resolve));
            const line = lines.shift();
            if (line === undefined) return;
            if (line instanceof Error) throw line;
            yield line;
          }
        } finally {
          isClosed = true;
        }
      })(),
    );
  }
}

export function broken(): ApiError {
  return new ApiError('watch things: reach it: it closed the connection', { status: 0 });
}

/** Lets everything happen that needs no time. */
export async function settle(): Promise<void> {
  for (let turns = 0; turns < 5; turns++) await nextTurn();
}

/** @param retryAfter milliseconds */
export function refused(code: number, retryAfter?: number): ApiError {
  return new ApiError('watch things: staged', { status: code, retryAfter });
}

/** What a server sends. */
export const thing = (name: string, resourceVersion: string, uid = `${name}-1`): KubernetesObject => ({
  apiVersion: 'test/v1',
  kind: 'Thing',
  metadata: { name, uid, resourceVersion },
});
export const event = (type: string, ...[name, version, uid]: Parameters<typeof thing>) => ({
  type,
  object: thing(name, version, uid),
});
export const bookmark = (resourceVersion: string, annotations = {}) => ({
  type: 'BOOKMARK',
  object: { metadata: { resourceVersion, annotations } },
});
export const allSent = (resourceVersion: string) =>
  bookmark(resourceVersion, { 'k8s.io/initial-events-end': 'true' });
export const status = (code: number, reason = '') => ({
  type: 'ERROR',
  object: { kind: 'Status', code, reason },
});
