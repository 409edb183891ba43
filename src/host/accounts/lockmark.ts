/**
 * How an account was before it was locked, as one number in its inactivity period: days that count from the expiry of a
 * password, and mean nothing for an account that has expired itself. Pure.
 *
 * Digits of the number: the day on which the account would have expired (1: none, else 2 more than it was), three for the
 * inactivity period (0: none, else 1 more than it was), and one that says whether the password was locked.
 */

export interface BeforeLock {
  /** Whether somebody else had locked a password, which must stay locked. */
  readonly wasLocked: boolean;
  /** Days since 1970. */
  readonly expires?: number | undefined;
  /** Days. One of more than 998 is put back as 998. */
  readonly inactive?: number | undefined;
}

/** Nobody waits 27 years for an account to become inactive: from here on a number is a mark. */
const MARKS = 10_000;
const LONGEST = 998;

export function markOf({ wasLocked, expires, inactive }: BeforeLock): number {
  const expiry = expires === undefined ? 1 : expires + 2;
  const period = inactive === undefined ? 0 : Math.min(inactive, LONGEST) + 1;
  return expiry * MARKS + period * 10 + Number(wasLocked);
}

/** Undefined for a number that is no mark. */
export function readMark(inactive: number | undefined): BeforeLock | undefined {
  if (inactive === undefined || inactive < MARKS) return undefined;
  const expiry = Math.floor(inactive / MARKS);
  const period = Math.floor((inactive % MARKS) / 10);
  return {
    wasLocked: inactive % 10 === 1,
    ...(expiry > 1 && { expires: expiry - 2 }),
    ...(period > 0 && { inactive: period - 1 }),
  };
}
