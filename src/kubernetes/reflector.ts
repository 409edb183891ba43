/**
 * A copy of a collection, kept true by a watch, after client-go's reflector.
 *
 * - Complete before it says so: nothing is missing from it because it has not come yet.
 * - No update is lost: what a watch cannot go on from, and what breaks, is listed again and compared.
 * - Absence is told, never concluded: see Departure for what is known of an object that is here no more.
 * - It lives on: through outages, refusals, silence, and listeners that throw.
 * - Steady: one watch, opened again every five to ten minutes; no list while watches end as they should.
 */
import { inspect } from 'node:util';
import { realClock } from '../controller/clock.ts';
import type { Clock } from '../controller/clock.ts';
import { ApiError } from './api.ts';
import type { Selectors } from './api.ts';
import { Backoff } from './backoff.ts';
import { Cache } from './cache.ts';
import type { WatchEvent } from './events.ts';
import { currentVersion, isExpired, listAll } from './listing.ts';
import type { KubernetesObject, Resource } from './objects.ts';
import { whyNot } from './refusal.ts';
import { isTransient } from './retry.ts';
import type { Dated, Departure, Departures, ObjectStore, Rewindable } from './store.ts';
import { pause, unlessAborted } from './timing.ts';
import type { Transport } from './transport.ts';
import { isOlder } from './versions.ts';
import { watch } from './watching.ts';
import type { WatchEnd } from './watching.ts';

export interface ReflectorOptions {
  readonly transport: Transport;
  readonly resource: Resource;
  readonly selectors?: Selectors;
  /** The object with this key came, changed, left, or was replaced by another; look it up. A throw becomes a process warning. */
  readonly onChange: (key: string) => void;
  /** The copy cannot be kept true, and why; undefined once it can again. Must not throw. */
  readonly onTrouble?: (trouble: ApiError | undefined) => void;
  readonly clock?: Clock;
  readonly random?: () => number;
}

/** client-go's, milliseconds. */
const BACKOFF = { base: 800, max: 30_000, resetAfter: 120_000 };
/** Milliseconds: a watch that ends sooner, and brought nothing, counts as a failure. */
const VERY_SHORT = 1000;
/** One alone is not worth a word: servers restart. */
const FAILURES_OF_TROUBLE = 2;

export class Reflector<T extends KubernetesObject>
  implements ObjectStore<T>, Departures<T>, Dated, Rewindable
{
  readonly #options: ReflectorOptions;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #backoff: Backoff;
  readonly #cache = new Cache<T>();
  readonly #whenSynced = Promise.withResolvers<void>();
  #hasSynced = false;
  /** Where a watch can go on; undefined when all there is must be asked for first. */
  #position: string | undefined;
  /** The newest version of the history that the cache is a copy of; kept when `#position` is not. */
  #newest: string | undefined;
  /** Whether the server can send what there is as the beginning of a watch; found out by asking. */
  #canStreamLists = true;
  /** Whether the server agreed to the last watch. */
  #isOpen = false;
  /** In a row. */
  #failures = 0;
  /** Whether the server may have been put back to an older state since `#position`. */
  #isInDoubt = false;
  /** Whether it was put back, as somebody else knows. */
  #isSetBack = false;

  constructor(options: ReflectorOptions) {
    const { clock = realClock, random = Math.random } = options;
    this.#options = options;
    this.#clock = clock;
    this.#random = random;
    this.#backoff = new Backoff({ clock, random, ...BACKOFF });
  }

  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  get version(): string | undefined {
    return this.#newest;
  }

  synced(signal?: AbortSignal): Promise<void> {
    const { promise } = this.#whenSynced;
    return signal === undefined ? promise : unlessAborted(promise, signal);
  }

  get(key: string): T | undefined {
    return this.#cache.get(key);
  }

  list(): readonly T[] {
    return this.#cache.list();
  }

  departed(key: string): Departure<T> | undefined {
    return this.#cache.departed(key);
  }

  setBack(): void {
    this.#isSetBack = true;
  }

  /** Keeps the copy until `signal` fires. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const wait = await this.#attempt(signal);
      if (wait > 0) await pause(this.#clock, wait, signal);
    }
  }

  /** Lists if that must be, and watches until the watch ends. @returns milliseconds to wait before the next attempt */
  async #attempt(signal: AbortSignal): Promise<number> {
    this.#isOpen = false;
    if (this.#isSetBack) this.#position = undefined;
    try {
      if (this.#position !== undefined && this.#isInDoubt) await this.#verify(signal);
      if (this.#position === undefined && !this.#canStreamLists) await this.#list(signal);
      const begin = this.#clock.now();
      const end = await this.#watch(signal);
      return this.#afterEnd(end, this.#clock.now() - begin);
    } catch (error) {
      return signal.aborted ? 0 : this.#afterFailure(error);
    }
  }

  /** A watch from a version that the server has yet to reach is silent, and would miss what comes till then. */
  async #verify(signal: AbortSignal): Promise<void> {
    const { transport, resource, selectors = {} } = this.#options;
    const version = await currentVersion(transport, resource, selectors, signal);
    if (isOlder(version, this.#position)) this.#position = undefined;
    this.#isInDoubt = false;
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { transport, resource, selectors = {} } = this.#options;
    const { items, resourceVersion } = await listAll<T>(transport, resource, selectors, signal);
    this.#replace(items, resourceVersion);
  }

  #watch(signal: AbortSignal): Promise<WatchEnd> {
    const isContinued = this.#position !== undefined;
    return watch<T>({
      ...this.#options,
      clock: this.#clock,
      random: this.#random,
      signal,
      from: this.#position,
      onOpen: () => {
        this.#isOpen = true;
        if (isContinued) this.#recover();
      },
      onInitial: (objects, resourceVersion) => this.#replace(objects, resourceVersion),
      onEvent: (event) => this.#take(event),
    });
  }

  #replace(objects: readonly T[], resourceVersion: string): void {
    const keys = this.#cache.replace(objects, this.#isSetBack || isOlder(resourceVersion, this.#newest));
    this.#isSetBack = false;
    this.#goTo(resourceVersion);
    this.#recover();
    this.#hasSynced = true;
    this.#whenSynced.resolve();
    for (const key of keys) this.#tell(key);
  }

  #take(event: WatchEvent<T>): void {
    if (event.type === 'BOOKMARK') {
      this.#goTo(event.resourceVersion);
      return;
    }
    const { object } = event;
    this.#goTo(object.metadata.resourceVersion);
    const key = event.type === 'DELETED' ? this.#cache.remove(object) : this.#cache.put(object);
    if (key !== undefined) this.#tell(key);
  }

  #goTo(resourceVersion: string | undefined): void {
    this.#position = this.#newest = resourceVersion;
    this.#isInDoubt = false;
  }

  #tell(key: string): void {
    try {
      this.#options.onChange(key);
    } catch (error) {
      const { plural } = this.#options.resource;
      process.emitWarning(`tell of ${plural} ${JSON.stringify(key)}: the listener threw ${inspect(error)}`);
    }
  }

  #afterEnd({ kind, count }: WatchEnd, milliseconds: number): number {
    switch (kind) {
      case 'unsupported':
        this.#canStreamLists = false;
        return 0;
      case 'ended':
        return 0;
      case 'silent':
        this.#isInDoubt = true;
        return 0;
      case 'cut':
        this.#isInDoubt = true;
        if (count > 0 || milliseconds >= VERY_SHORT) return 0;
        this.#position = undefined;
        return this.#backoff.next();
    }
  }

  #afterFailure(error: unknown): number {
    const trouble = error instanceof ApiError ? error : unexpected(this.#options.resource, error);
    // A watch that is refused for now may go on later. One that broke, or an answer that did not come, may be the work of a
    // server that was put back to an older state, where going on would be wrong.
    const isOnlyLater = !this.#isOpen && trouble.status !== 0 && isTransient(trouble);
    if (!isOnlyLater) this.#position = undefined;
    this.#isInDoubt = true;
    this.#failures++;
    if (this.#failures >= FAILURES_OF_TROUBLE) this.#options.onTrouble?.(trouble);
    const wait = this.#backoff.next(trouble.retryAfter);
    return isExpired(trouble) && this.#failures === 1 ? 0 : wait;
  }

  #recover(): void {
    if (this.#failures >= FAILURES_OF_TROUBLE) this.#options.onTrouble?.(undefined);
    this.#failures = 0;
  }
}

function unexpected({ plural }: Resource, cause: unknown): ApiError {
  return new ApiError(`watch ${plural}: ${whyNot(cause)}: report this as a mistake of the program`, {
    status: 0,
    cause,
  });
}
