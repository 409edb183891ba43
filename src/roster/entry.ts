import type { UserSpec } from '../api/user.ts';

/** One person as the engine sees them, whichever source declared them. */
export interface RosterEntry {
  /** The Linux account, unique in a roster. */
  readonly osUser: string;
  readonly spec: UserSpec;
}
