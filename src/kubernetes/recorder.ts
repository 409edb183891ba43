/**
 * What happens to objects, told as Events of events.k8s.io/v1, after client-go's event broadcaster.
 *
 * - Folded: the same thing again is a count and a time on the Event that is there. The first repeat is told at once, further
 *   ones every half hour and once they have stopped.
 * - Sparing: so many at once about one object, and so many a second in all. What is too much is dropped and counted.
 * - Best effort: nobody waits for it, a server that is away for a while loses nothing, one that refuses loses that Event.
 */
import { realClock } from '../controller/clock.ts';
import type { Clock } from '../controller/clock.ts';
import { BucketLimiter, ItemExponentialFailureLimiter } from '../controller/limiter.ts';
import { WorkQueue } from '../controller/queue.ts';
import { startWorkers } from '../controller/workers.ts';
import type { Outcome, Workers } from '../controller/workers.ts';
import { Allowances } from './allowances.ts';
import { ApiError } from './api.ts';
import type { Api } from './api.ts';
import { eventFor, eventsFor, kindOf } from './happening.ts';
import type { Happening, KubernetesEvent, Reporter } from './happening.ts';
import { microTime } from './leases.ts';
import { isTransient } from './retry.ts';
import { unlessAborted } from './timing.ts';

export interface RecorderOptions {
  readonly api: Api;
  readonly reporter: Reporter;
  readonly clock?: Clock;
  /** Wall clock, milliseconds since 1970. */
  readonly wall?: () => number;
  /** An Event was not told, and why. Must not throw. */
  readonly onDrop?: (happening: Happening, why: string) => void;
}

/** One kind of happening, and what the server knows of it. */
interface Told {
  readonly happening: Happening;
  /** Since 1970. */
  readonly first: number;
  last: number;
  count: number;
  /** The name of its Event; undefined while there is none. */
  name: string | undefined;
  /** The count that the server knows. */
  reported: number;
  /** On the clock: the last time anything was heard of it, and the last time anything was sent. */
  heardAt: number;
  sentAt: number;
}

/** client-go's, milliseconds: a happening that has not come again for so long is over. */
const OVER_AFTER = 6 * 60_000;
/** client-go's, milliseconds between what is told of one that goes on. */
const REFRESH = 30 * 60_000;
/** client-go's: kinds of happenings that are remembered, and so also how many wait while the server is away. */
const MOST_TOLD = 1000;
/** client-go's. */
const MOST_ATTEMPTS = 12;

export class Recorder {
  readonly #options: RecorderOptions;
  readonly #clock: Clock;
  readonly #wall: () => number;
  readonly #queue: WorkQueue;
  readonly #workers: Workers;
  readonly #allowances: Allowances;
  /** Over all Events. */
  readonly #pace: BucketLimiter;
  /** By kind. Every one of them is in the queue, or waits there for its time. */
  readonly #told = new Map<string, Told>();
  #isClosing = false;

  constructor(options: RecorderOptions) {
    const { clock = realClock, wall = Date.now } = options;
    this.#options = options;
    this.#clock = clock;
    this.#wall = wall;
    this.#allowances = new Allowances(clock);
    this.#pace = new BucketLimiter(clock, 10, 50);
    this.#queue = new WorkQueue({ clock, limiter: new ItemExponentialFailureLimiter(1000, 60_000) });
    this.#workers = startWorkers({
      queue: this.#queue,
      count: 1,
      clock,
      reconcile: (key) => this.#send(key),
    });
  }

  /** Takes note of it; what becomes of it is nobody's worry. */
  record(happening: Happening): void {
    const key = kindOf(happening);
    const at = happening.at ?? this.#wall();
    const told = this.#told.get(key);
    if (told !== undefined) {
      told.count++;
      Object.assign(told, { last: at, heardAt: this.#clock.now() });
      if (told.count === 2) this.#queue.add(key);
      return;
    }
    const trouble = this.#whyNot(happening);
    if (trouble !== undefined) {
      this.#options.onDrop?.(happening, trouble);
      return;
    }
    const now = this.#clock.now();
    const known = { name: undefined, count: 1, reported: 0, heardAt: now, sentAt: now };
    this.#told.set(key, { happening, first: at, last: at, ...known });
    this.#queue.add(key, { after: this.#pace.when() });
  }

  /** Tells what is not told yet, until `signal` fires. Nothing is recorded afterwards. */
  async close(signal: AbortSignal): Promise<void> {
    this.#isClosing = true;
    for (const [key, told] of this.#told) if (told.count > told.reported) this.#queue.add(key);
    await unlessAborted(this.#queue.shutDownWithDrain(), signal).catch(() => undefined);
    await unlessAborted(this.#workers.stop(), signal).catch(() => undefined);
  }

  #whyNot({ regarding }: Happening): string | undefined {
    if (this.#isClosing) return 'the program is about to end';
    if (this.#told.size >= MOST_TOLD) return `${MOST_TOLD} others wait or go on`;
    const { kind, namespace = '', name } = regarding;
    return this.#allowances.take(`${kind} ${namespace}/${name}`) ? undefined : 'too many about this object';
  }

  async #send(key: string): Promise<Outcome> {
    const told = this.#told.get(key);
    if (told === undefined) return { kind: 'done' };
    try {
      if (isDue(told, this.#clock.now(), this.#isClosing)) await this.#tell(told);
    } catch (error) {
      return this.#afterFailure(key, told, error);
    }
    if (this.#left(told) > 0) return { kind: 'requeue-after', ms: this.#left(told) };
    // One that came while the server was told is still to be told.
    if (told.count === told.reported) this.#told.delete(key);
    return { kind: 'done' };
  }

  async #tell(told: Told): Promise<void> {
    const { api, reporter } = this.#options;
    const { happening, count, first, last, name } = told;
    const resource = eventsFor(happening.regarding);
    const series = count === 1 ? undefined : { count, lastObservedTime: microTime(last) };
    if (name === undefined) {
      const made = await api.create<KubernetesEvent>(resource, eventFor(happening, reporter, first, series));
      told.name = made.metadata.name;
    } else {
      await api.merge(resource, name, { series });
    }
    Object.assign(told, { reported: count, sentAt: this.#clock.now() });
  }

  /** Milliseconds until it is over, or is to be told again. */
  #left({ heardAt, sentAt }: Told): number {
    const now = this.#clock.now();
    return this.#isClosing ? 0 : Math.min(heardAt + OVER_AFTER, sentAt + REFRESH) - now;
  }

  #afterFailure(key: string, told: Told, error: unknown): Outcome {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 404 && told.name !== undefined) {
      // Servers keep Events for an hour or so.
      told.name = undefined;
      return { kind: 'requeue-after', ms: 0 };
    }
    if (isTransient(error) && this.#queue.numRequeues(key) < MOST_ATTEMPTS) return { kind: 'failed', error };
    this.#told.delete(key);
    this.#options.onDrop?.(told.happening, error.message);
    return { kind: 'done' };
  }
}

/** Whether the server is to hear of it now. */
function isDue({ count, reported, heardAt, sentAt }: Told, now: number, isClosing: boolean): boolean {
  if (count === reported) return false;
  return isClosing || reported < 2 || now - heardAt >= OVER_AFTER || now - sentAt >= REFRESH;
}
