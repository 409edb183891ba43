/**
 * Workers that take keys from a queue, have each reconciled, and read from the outcome what happens next.
 * However a key's pass ends, its worker lives on and the key is given back. Idle or between keys, stopping is
 * immediate; a running pass is let finish, and told to hurry once the grace period is over.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { inspect } from 'node:util';
import { realClock } from './clock.ts';
import type { Clock } from './clock.ts';
import type { WorkQueue } from './queue.ts';

/** How a pass over one key ended, and so what happens next. */
export type Outcome =
  /** All is as it should be: nothing until the key is added again. */
  | { readonly kind: 'done' }
  /** All is as it should be, and is to be looked at again in `ms` milliseconds. */
  | { readonly kind: 'requeue-after'; readonly ms: number }
  /** It went wrong: again, after a wait that grows with each failure in a row. */
  | { readonly kind: 'failed'; readonly error: unknown }
  /** Held up by something else, no fault of the pass: again in `ms`, and failures so far stay counted. */
  | { readonly kind: 'waiting'; readonly ms: number; readonly reason: string };

export interface WorkersOptions {
  readonly queue: WorkQueue;
  /** How many keys may be worked on at a time, from 1. */
  readonly count: number;
  /**
   * One pass over one key; never called for a key while a call for it runs. A throw is a `failed` outcome.
   * The signal aborts when a stop has run out of grace: then return soon.
   */
  readonly reconcile: (key: string, signal: AbortSignal) => Promise<Outcome>;
  /** Hears of every outcome, after the queue; whatever it throws becomes a process warning. */
  readonly onOutcome?: (key: string, outcome: Outcome) => void;
  /** Measures the grace period; the machine's own when left out. */
  readonly clock?: Clock;
}

export interface Workers {
  /**
   * Shuts the queue down and takes no further key, ready ones included; resolves once the running ones are done.
   * After `grace` milliseconds, without limit when left out, their signal is aborted.
   */
  stop(grace?: number): Promise<void>;
}

/** @throws RangeError if the count is no positive integer */
export function startWorkers(options: WorkersOptions): Workers {
  const { queue, count, clock = realClock } = options;
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`start workers: the count is ${count}, give an integer from 1`);
  }
  const stopping = new AbortController();
  const hurrying = new AbortController();
  const crew = Array.from({ length: count }, () => work(options, stopping.signal, hurrying.signal));
  return {
    async stop(grace = Infinity) {
      stopping.abort();
      queue.shutDown();
      const cancel = grace < Infinity ? clock.setTimer(() => hurrying.abort(), grace) : () => {};
      await Promise.all(crew);
      cancel();
    },
  };
}

/** Keys a worker may pass over without a break. */
const KEYS_PER_TURN = 64;

async function work(options: WorkersOptions, stopping: AbortSignal, hurrying: AbortSignal): Promise<void> {
  for (let taken = 1; !stopping.aborted; taken++) {
    const key = options.queue.tryGet() ?? (await options.queue.get());
    if (key === undefined) return;
    await pass(options, key, hurrying);
    // Passes that wait for nothing would otherwise keep timers, signals and input from ever being looked at.
    if (taken % KEYS_PER_TURN === 0) await nextTurn();
  }
}

async function pass(options: WorkersOptions, key: string, signal: AbortSignal): Promise<void> {
  const { queue } = options;
  let outcome = await attempt(options, key, signal);
  try {
    settle(queue, key, outcome);
  } catch (error) {
    // An outcome that makes no sense, such as a delay that is no number: the key must not be lost over it.
    outcome = { kind: 'failed', error };
    settle(queue, key, outcome);
  } finally {
    queue.done(key);
  }
  report(options, key, outcome);
}

async function attempt({ reconcile }: WorkersOptions, key: string, signal: AbortSignal): Promise<Outcome> {
  try {
    return await reconcile(key, signal);
  } catch (error) {
    return { kind: 'failed', error };
  }
}

/** What each outcome means for the key's next run; a repeat keeps the rank of the run it repeats. */
function settle(queue: WorkQueue, key: string, outcome: Outcome): void {
  const priority = queue.priorityOf(key);
  switch (outcome.kind) {
    case 'done':
      queue.forget(key);
      return;
    case 'requeue-after':
      queue.add(key, { priority, after: outcome.ms });
      queue.forget(key);
      return;
    case 'waiting':
      queue.add(key, { priority, after: outcome.ms });
      return;
    case 'failed':
      queue.addRateLimited(key, { priority });
      return;
  }
}

function report({ onOutcome }: WorkersOptions, key: string, outcome: Outcome): void {
  try {
    onOutcome?.(key, outcome);
  } catch (error) {
    process.emitWarning(`report the outcome of ${JSON.stringify(key)}: the listener threw ${inspect(error)}`);
  }
}
