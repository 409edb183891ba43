/** One watch, from its opening to its end. */
import type { Clock } from '../controller/clock.ts';
import { ApiError } from './api.ts';
import type { Selectors } from './api.ts';
import { eventOf } from './events.ts';
import type { WatchEvent } from './events.ts';
import type { KubernetesObject, Resource } from './objects.ts';
import { pathOf } from './paths.ts';
import { limit } from './timing.ts';
import type { Limit } from './timing.ts';
import type { Transport } from './transport.ts';

export interface WatchOptions<T> {
  readonly transport: Transport;
  readonly resource: Resource;
  readonly selectors?: Selectors;
  /** The resource version to go on from; when left out, the server sends all there is first. */
  readonly from: string | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** The server has agreed to it. */
  readonly onOpen: () => void;
  /** All there is, as of this version; never told when `from` is given, and before any event when it is not. */
  readonly onInitial: (objects: readonly T[], resourceVersion: string) => void;
  readonly onEvent: (event: WatchEvent<T>) => void;
}

/** How a watch ended that did not fail. */
export interface WatchEnd {
  /**
   * `cut`: the server ended it before its time. `unsupported`: this server cannot send what there is as the beginning of a
   * watch.
   */
  readonly kind: 'ended' | 'cut' | 'silent' | 'unsupported';
  /** Events and bookmarks that came. */
  readonly count: number;
}

/**
 * Milliseconds without a line after which a watch is taken for dead. Bookmarks come once a minute, except where nothing
 * has been written to the whole cluster: there a watch is opened again for nothing.
 */
const SILENCE = 90_000;

/** @throws ApiError, and the reason of `signal` when that fires */
export async function watch<T extends KubernetesObject>(options: WatchOptions<T>): Promise<WatchEnd> {
  const silence = limit(options.clock, SILENCE, options.signal);
  try {
    return await follow(options, silence);
  } catch (error) {
    if (silence.isOver) return { kind: 'silent', count: 0 };
    const isRefused = error instanceof ApiError && (error.status === 400 || error.status === 422);
    if (options.from === undefined && isRefused) return { kind: 'unsupported', count: 0 };
    throw error;
  } finally {
    silence.end();
  }
}

async function follow<T extends KubernetesObject>(
  options: WatchOptions<T>,
  silence: Limit,
): Promise<WatchEnd> {
  const { transport, resource, from, clock, onOpen, onInitial, onEvent } = options;
  const attempt = `watch ${resource.plural}`;
  const query = queryOf(options);
  const request = { attempt, method: 'GET', path: pathOf(resource), query } as const;
  const end = clock.now() + query.timeoutSeconds * 1000;
  const lines = await transport.stream(request, silence.signal);
  onOpen();
  /** What there is, as far as it has come; undefined once all of it has. */
  let initial: T[] | undefined = from === undefined ? [] : undefined;
  let count = 0;
  for await (const line of lines) {
    silence.restart();
    count++;
    const event = eventOf<T>(attempt, resource, line);
    if (initial === undefined) {
      onEvent(event);
    } else if (event.type !== 'BOOKMARK') {
      initial.push(event.object);
    } else {
      // A server that does not know what it was asked for sends bookmarks, but none that ends what there is.
      if (!event.endsInitial) return { kind: 'unsupported', count };
      onInitial(initial, event.resourceVersion);
      initial = undefined;
    }
  }
  if (initial !== undefined) throw cutShort(attempt);
  return { kind: clock.now() < end ? 'cut' : 'ended', count };
}

function queryOf<T>({ selectors, from, random }: WatchOptions<T>) {
  return {
    ...selectors,
    watch: true,
    allowWatchBookmarks: true,
    // Spread, so that the watches of many clients do not end together.
    timeoutSeconds: 300 + Math.floor(random() * 301),
    ...(from === undefined
      ? { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' }
      : { resourceVersion: from }),
  };
}

function cutShort(attempt: string): ApiError {
  return new ApiError(
    `${attempt}: the API server ended the answer before all there is had come: try again later`,
    {
      status: 0,
    },
  );
}
