/** What an election is held with. */
import type { Clock } from '../controller/clock.ts';
import type { Api, ApiError } from './api.ts';
import type { LeaseName } from './leases.ts';

export interface ElectorOptions {
  /** With limits below `renewDeadline`: one attempt that hangs must leave time for another. */
  readonly api: Api;
  readonly lease: LeaseName;
  /** Of this candidate, unlike every other's, also that of its own earlier life. */
  readonly identity: string;
  readonly times?: ElectionTimes;
  /** The holder, whenever it is found to be another; empty when there is none. Must not throw. */
  readonly onLeader?: (identity: string) => void;
  /** The Lease could not be read or written. Must not throw. */
  readonly onTrouble?: (trouble: ApiError) => void;
  readonly clock?: Clock;
  /** Wall clock, milliseconds since 1970: written, never compared. */
  readonly wall?: () => number;
  /** Milliseconds that pass also while the machine is suspended. */
  readonly sinceBoot?: () => number;
  readonly random?: () => number;
}

/** Milliseconds; `leaseDuration` > `renewDeadline` > `retryPeriod`. */
export interface ElectionTimes {
  /** How long the others wait after the last renewal they saw. In whole seconds. */
  readonly leaseDuration: number;
  /** How long the leader goes on without a renewal. */
  readonly renewDeadline: number;
  /** Between attempts. */
  readonly retryPeriod: number;
}

/** client-go's. */
export const ELECTION: ElectionTimes = { leaseDuration: 15_000, renewDeadline: 10_000, retryPeriod: 2000 };
