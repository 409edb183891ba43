/** Time as this room sees it: handed in, so that a test decides when it passes. */
export interface Clock {
  /**
   * Milliseconds since an arbitrary start, with a fraction. Never goes back, does not follow changes of the
   * wall clock, and stands still while the machine is suspended.
   */
  now(): number;
  /** Calls `fn` once, about `ms` (any length, from 0 up) milliseconds from now; returns what calls it off. */
  setTimer(fn: () => void, ms: number): () => void;
}

/** The longest delay setTimeout knows; a longer one overflows and fires at once. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/**
 * The machine's own clock. Its timers keep the process alive: an agent whose only work is a key that waits
 * for its time must not exit before. Shutting the queue down calls the timer off and lets the process end.
 */
export const realClock: Clock = {
  now: () => performance.now(),
  setTimer(fn, ms) {
    let timeout: NodeJS.Timeout;
    const arm = (left: number): void => {
      timeout =
        left > LONGEST_TIMEOUT
          ? setTimeout(() => arm(left - LONGEST_TIMEOUT), LONGEST_TIMEOUT)
          : setTimeout(fn, Math.ceil(left));
    };
    arm(ms);
    return () => clearTimeout(timeout);
  },
};
