/**
 * What no machine can do alone.
 *
 * - Places users who name no machine, and never moves anybody.
 * - Says of each user whether the agent may serve them, and of a lost agent's users that nobody knows.
 * - Binds people to what their tier may do in the cluster, and keeps those bindings so.
 * - Lets nobody's object go before the cut is made on the machine.
 * - Mirrors a roster into users, where one is given.
 *
 * Every pass looks at what is now, and does what is left to do: keys say only where to look. Nothing is asked of the API
 * server in a steady state but what is watched.
 */
import { BucketLimiter, ItemExponentialFailureLimiter, MaxOfLimiter } from '../controller/limiter.ts';
import type { QueueMetrics } from '../controller/metrics.ts';
import type { PassMetrics } from '../controller/passmetrics.ts';
import { WorkQueue } from '../controller/queue.ts';
import { startWorkers, type Outcome, type WorkersOptions } from '../controller/workers.ts';
import { ApiError } from '../kubernetes/api.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { ConfigMap } from './kinds.ts';
import { News, ROSTER_KEY } from './news.ts';
import { RosterMirror, rosterReference, type RosterSource } from './rosterpass.ts';
import { Singles } from './singles.ts';
import { userPass } from './userpass.ts';
import type { World } from './world.ts';
import { createWorld, type Surroundings } from './creation.ts';
import { workstationPass } from './workstationpass.ts';

export interface ControllerOptions extends Omit<Surroundings, 'ask'> {
  readonly logger: Logger;
  /** How many keys are worked on at a time. */
  readonly workers: number;
  readonly roster?: RosterSource | undefined;
  readonly metrics?: ControllerMetrics | undefined;
}

export interface ControllerMetrics {
  readonly queue: QueueMetrics;
  readonly passes: PassMetrics;
}

/** Milliseconds. An API server that was away is asked again within a minute of its return. */
const BACKOFF = { base: 5, max: 60_000 };
/** Retries a second, over all keys, and how many of them at once. */
const RETRIES = { perSecond: 10, burst: 100 };
/** Milliseconds that passes under way have to end by themselves. */
const GRACE = 5000;

export class Controller {
  readonly #options: ControllerOptions;
  readonly #queue: WorkQueue;
  readonly #world: World;
  readonly #synced: (signal: AbortSignal) => Promise<unknown>;
  readonly #mirror: RosterMirror | undefined;
  readonly #rosters: Singles | undefined;

  /** Follows what there is from now on until `signal` fires, so that whoever comes to lead begins at once. */
  constructor(options: ControllerOptions, signal: AbortSignal) {
    const { clock, metrics, roster } = options;
    const limiter = new MaxOfLimiter(
      new ItemExponentialFailureLimiter(BACKOFF.base, BACKOFF.max),
      new BucketLimiter(clock, RETRIES.perSecond, RETRIES.burst),
    );
    this.#options = options;
    this.#queue = new WorkQueue({
      clock,
      limiter,
      ...(metrics === undefined ? {} : { metrics: metrics.queue }),
    });
    const ask = (key: string, priority = 0) => this.#queue.add(key, { priority });
    const { world, synced } = createWorld({ ...options, ask }, (world) => new News(world), signal);
    this.#world = world;
    this.#synced = synced;
    if (roster === undefined) return;
    this.#mirror = new RosterMirror(roster);
    this.#rosters = new Singles(options.follow, () => ask(ROSTER_KEY), signal);
    this.#rosters.want([rosterReference(roster)]);
  }

  /** Resolves once all there is has been seen; rejects with the reason of `signal`. */
  async synced(signal: AbortSignal): Promise<void> {
    await this.#synced(signal);
  }

  /** Works until `signal` fires and the passes under way have ended; begins once everything was seen. */
  async work(signal: AbortSignal): Promise<void> {
    await this.#synced(signal);
    const { clock, workers: count, metrics } = this.#options;
    const options: WorkersOptions = {
      queue: this.#queue,
      clock,
      count,
      reconcile: (key, hurry) => this.#pass(key, hurry),
      onOutcome: (key, outcome) => this.#log(key, outcome),
    };
    const workers = startWorkers(metrics?.passes.measuring(options) ?? options);
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await workers.stop(GRACE);
  }

  async #pass(key: string, hurry: AbortSignal): Promise<Outcome> {
    try {
      return await this.#passOver(key, hurry);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 409) return { kind: 'waiting', ms: SOON, reason: error.message };
      if (error.retryAfter === undefined) throw error;
      return { kind: 'waiting', ms: error.retryAfter, reason: error.message };
    }
  }

  #passOver(key: string, hurry: AbortSignal): Promise<Outcome> {
    const world = this.#world;
    const [kind, name = ''] = key.split('/');
    if (kind === 'user') return userPass(world, name);
    if (kind === 'workstation')
      return workstationPass(world, name, this.#mirror?.statementsFor(name) ?? [], hurry);
    return this.#roster();
  }

  async #roster(): Promise<Outcome> {
    const { roster } = this.#options;
    const single = roster && this.#rosters?.get<ConfigMap>(rosterReference(roster));
    if (single === undefined || this.#mirror === undefined) return { kind: 'done' };
    return this.#mirror.pass(this.#world, single);
  }

  #log(key: string, outcome: Outcome): void {
    const { logger } = this.#options;
    if (outcome.kind === 'failed') logger.log('warning', messageOf(outcome.error), { key });
    else if (outcome.kind === 'waiting') logger.log('debug', outcome.reason, { key });
  }
}

/** Milliseconds within which the watch brings what somebody else has written. */
const SOON = 50;

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
