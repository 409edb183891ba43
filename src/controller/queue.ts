/**
 * A work queue of keys, after client-go's `util/workqueue` and controller-runtime's `priorityqueue`.
 *
 * - Stingy: a key asked for many times before it is taken runs once.
 * - Exclusive: a key is with one worker at most; asked for meanwhile, it runs once more after `done`.
 * - Fair: among keys of one priority, first come, first served; a higher priority goes first.
 * - Delaying: a key may be asked for later. Each key has one next run, at the earliest time asked for.
 * - Rate-limited: a key that keeps failing waits longer each time, for as long as the limiter says.
 * - Drained or dropped at shutdown: what could be taken still is, what waits for its time is dropped.
 */
import { AT_ONCE, checkAddOptions } from './add-options.ts';
import type { AddOptions } from './add-options.ts';
import { realClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { Delays } from './delays.ts';
import { defaultControllerLimiter } from './limiter.ts';
import type { Limiter } from './limiter.ts';
import type { QueueMetrics } from './metrics.ts';
import { Ready } from './ready.ts';

export interface QueueOptions {
  /** The machine's own when left out. */
  readonly clock?: Clock;
  /** client-go's default when left out. */
  readonly limiter?: Limiter;
  readonly metrics?: QueueMetrics;
}

export class WorkQueue {
  readonly #limiter: Limiter;
  readonly #metrics: QueueMetrics | undefined;
  /** Keys to run now that nobody runs. */
  readonly #ready = new Ready();
  /** Keys between their take and their `done`, with the priority they were taken with. None of them is ready. */
  readonly #running = new Map<string, number>();
  /** Those running keys that run once more after `done`, with the priority of that run. */
  readonly #dirty = new Map<string, number>();
  /** Keys to run later, running now or not. None of them is ready or dirty; after shutdown there are none. */
  readonly #delays: Delays;
  /** Callers of `get` with nothing to take yet: there are none while a key is ready, and none after shutdown. */
  readonly #getters: ((key: string | undefined) => void)[] = [];
  /** Once true it stays true, and no key gets a next run that did not have one. */
  #shuttingDown = false;
  /** Callers of `shutDownWithDrain`: there are none once nothing is ready or running after shutdown. */
  readonly #drainers: (() => void)[] = [];

  constructor({ clock = realClock, limiter = defaultControllerLimiter(clock), metrics }: QueueOptions = {}) {
    this.#limiter = limiter;
    this.#metrics = metrics;
    this.#delays = new Delays(clock, ({ key, priority }) => this.#makeDue(key, priority));
  }

  /** How many keys could be taken now. Keys that run or wait for their time are not among them. */
  get length(): number {
    return this.#ready.size;
  }

  /** How many keys are with workers. */
  get running(): number {
    return this.#running.size;
  }

  /**
   * Asks for a run of `key`. Folded into the next run the key already has, it can only make that earlier and
   * raise its priority, and then stands behind the others of the new priority. Ignored after shutdown.
   * @throws RangeError if the priority is no integer, or `after` is no finite number
   */
  add(key: string, options?: AddOptions): void {
    const { priority, after } = options === undefined ? AT_ONCE : checkAddOptions(key, options);
    if (this.#shuttingDown) return;
    if (after > 0) this.#metrics?.retry();
    if (this.#raise(key, priority)) return;
    if (after > 0) this.#delays.add(key, priority, after);
    else this.#makeDue(key, Math.max(priority, this.#delays.remove(key)?.priority ?? priority));
  }

  /** `add` with nothing but `after`, in milliseconds. */
  addAfter(key: string, ms: number): void {
    this.add(key, { after: ms });
  }

  /** Counts a failure of `key`, and adds it for when the limiter lets it run again. Ignored after shutdown. */
  addRateLimited(key: string, options?: Pick<AddOptions, 'priority'>): void {
    if (this.#shuttingDown) return;
    this.add(key, { ...options, after: this.#limiter.when(key) });
  }

  /** Drops the failures counted against `key`; when it runs next is not touched. */
  forget(key: string): void {
    this.#limiter.forget(key);
  }

  /** Failures of `key` since it was last forgotten. */
  numRequeues(key: string): number {
    return this.#limiter.numRequeues(key);
  }

  /** The priority a running `key` was taken with, so that its retry does not gain or lose rank; 0 for any other key. */
  priorityOf(key: string): number {
    return this.#running.get(key) ?? AT_ONCE.priority;
  }

  /** Takes the next key, if one is ready. `done` must follow. */
  tryGet(): string | undefined {
    const lane = this.#ready.first;
    return lane === undefined ? undefined : this.#take(lane.shift(), lane.priority);
  }

  /** Takes the next key as soon as one is ready; undefined once the queue is shut down and empty. `done` must follow. */
  get(): Promise<string | undefined> {
    const key = this.tryGet();
    if (key !== undefined || this.#shuttingDown) return Promise.resolve(key);
    return new Promise((resolve) => this.#getters.push(resolve));
  }

  /**
   * Gives a taken `key` back; it runs once more if it was asked for meanwhile.
   * @throws Error if the key is not taken
   */
  done(key: string): void {
    if (!this.#running.delete(key)) {
      throw new Error(
        `mark ${JSON.stringify(key)} as done: it is not being worked on, call done once for each key taken`,
      );
    }
    this.#metrics?.done(key);
    const priority = this.#dirty.get(key);
    if (priority !== undefined) {
      this.#dirty.delete(key);
      this.#offer(key, priority);
    }
    if (this.#isDrained()) this.#releaseDrainers();
  }

  /**
   * From now on adds are ignored, keys that wait for their time are dropped, and callers of `get` that have
   * nothing to take receive undefined. Ends the wait of `shutDownWithDrain`.
   */
  shutDown(): void {
    this.#stopAdds();
    this.#releaseDrainers();
  }

  /** Shuts down likewise; resolves once every ready and every running key is done, which is up to the workers. */
  shutDownWithDrain(): Promise<void> {
    this.#stopAdds();
    if (this.#isDrained()) return Promise.resolve();
    return new Promise((resolve) => this.#drainers.push(resolve));
  }

  /** Raises the run that `key` is due for now; false if it is due for none. */
  #raise(key: string, priority: number): boolean {
    // Looked up only if it can be there: a key added again and again while it is ready must cost next to nothing.
    const dirty = this.#dirty.size === 0 ? undefined : this.#dirty.get(key);
    if (dirty === undefined) return this.#ready.raise(key, priority);
    if (dirty < priority) this.#dirty.set(key, priority);
    return true;
  }

  /** Lets `key`, which is neither ready nor dirty and waits no longer, run as soon as it may. */
  #makeDue(key: string, priority: number): void {
    this.#metrics?.add(key);
    if (this.#running.has(key)) this.#dirty.set(key, priority);
    else this.#offer(key, priority);
  }

  /** Hands a key that can be taken to the caller that has waited longest, or lines it up. */
  #offer(key: string, priority: number): void {
    const getter = this.#getters.shift();
    if (getter === undefined) this.#ready.push(key, priority);
    else getter(this.#take(key, priority));
  }

  #take(key: string, priority: number): string {
    this.#running.set(key, priority);
    this.#metrics?.get(key);
    return key;
  }

  #stopAdds(): void {
    this.#shuttingDown = true;
    this.#delays.clear();
    for (const getter of this.#getters.splice(0)) getter(undefined);
  }

  #isDrained(): boolean {
    return this.#running.size === 0 && this.#ready.size === 0;
  }

  #releaseDrainers(): void {
    for (const drainer of this.#drainers.splice(0)) drainer();
  }
}
