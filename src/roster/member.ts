import type { UserSpec } from '../api/user.ts';

/** One person of a machine as the engine sees them, whichever source declared them. */
export interface RosterMember {
  /** The Linux account, unique in a roster. */
  readonly osUser: string;
  readonly spec: UserSpec;
}
