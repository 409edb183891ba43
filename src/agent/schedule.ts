/** The one place where the end of a pass decides what happens next. */
import type { Outcome } from '../controller/workers.ts';
import type { Seen } from '../reconcile/findings.ts';
import type { Trouble } from '../sections/section.ts';
import type { NextTry } from './view.ts';

/** Milliseconds. What waits for something that may come by itself is looked at again this often. */
const WAITING = 60_000;
/** Milliseconds between the first two tries of what failed, doubled with each further one up to the most. */
export const RETRY = { base: 1000, most: 600_000 } as const;

/** What one more failure after so many in a row makes a key wait: as `ItemExponentialFailureLimiter` has it. */
export function retryAfter(failures: number): number {
  return Math.min(RETRY.most, RETRY.base * 2 ** failures);
}

export interface Verdict {
  readonly outcome: Outcome;
  /** When, and why, there is another pass though nothing changes; absent where only the resync comes. */
  readonly next?: NextTry;
}

/**
 * @param seen how the pass ended
 * @param retryAfter what the limiter will let a further failure wait, milliseconds
 */
export function verdictOf(seen: Seen, now: number, retryAfter: number): Verdict {
  const failure = seen.failures[0];
  const troubles = seen.left.flatMap((section) => section.troubles);
  const waiting = troubles.find(({ kind }) => kind === 'Waiting');
  if (failure !== undefined)
    return {
      outcome: { kind: 'failed', error: failure.message },
      next: nextTry(now + retryAfter, `${failure.condition} failed: ${failure.message}`),
    };
  if (seen.left.some(({ actions }) => actions.length > 0))
    return {
      outcome: { kind: 'failed', error: 'still to do after the pass' },
      next: nextTry(now + retryAfter, 'there was still something to do after the pass'),
    };
  if (waiting !== undefined) return waitingFor(waiting, now);
  const due = Math.min(...seen.left.flatMap(({ next }) => next ?? []));
  if (due === Infinity) return { outcome: { kind: 'done' } };
  return {
    outcome: { kind: 'requeue-after', ms: Math.max(0, due - now) },
    next: nextTry(due, 'clones are fetched'),
  };
}

function waitingFor({ reason, message }: Trouble, now: number): Verdict {
  return {
    outcome: { kind: 'waiting', ms: WAITING, reason },
    next: nextTry(now + WAITING, `waits: ${message}`),
  };
}

function nextTry(at: number, why: string): NextTry {
  return { at: new Date(at).toISOString(), why };
}
