/** Who has left, and whether they may go: only who was seen declared, and not more in one step than the limit. */
import type { Machine } from '../host/machine.ts';
import { uncut } from '../reconcile/leave.ts';
import type { State } from '../report/record.ts';
import { removalOfAllAllowed, removalsAllowed } from '../roster/offboard.ts';
import { sortedSet } from '../roster/order.ts';
import type { Roll } from './roll.ts';

export interface Leavers {
  /** OS users whose cut is to be made. */
  readonly go: readonly string[];
  /** Those who must wait, and why, until somebody approves or declares them again. */
  readonly held?: { readonly osUsers: readonly string[]; readonly message: string };
  /** metadata.name of whoever is declared no more and has nothing here that would have to be cut. */
  readonly gone: readonly string[];
}

/**
 * Whoever was never declared to this program is not among them: what a machine held before is told of by a pass, and
 * cut off by hand only.
 */
export function leaversOf(
  machine: Machine,
  { osUsers, users, stalled, unsound, leaving, workstation }: Roll,
  state: State,
): Leavers {
  const known = Object.values(state.users).map(({ metadata, status }) => ({
    name: metadata.name,
    osUser: status.osUser,
    wasServed: status.uid !== undefined,
  }));
  const deleted = leaving.map((leaver) => ({ ...leaver, wasServed: true }));
  const left = [...known, ...deleted].filter(({ osUser }) => !osUsers.has(osUser));
  // An account that a declaration only named, and no pass had to do with, is somebody else's.
  const served = left.filter(({ wasServed }) => wasServed);
  const go = uncut(machine, sortedSet(served.map(({ osUser }) => osUser)), state);
  const gone = sortedSet(left.filter(({ osUser }) => !go.includes(osUser)).map(({ name }) => name));
  const approved = new Set(state.approved);
  const unapproved = go.filter((osUser) => !approved.has(osUser));
  // Whoever is being deleted was named in doing so: nobody lost a list.
  const isNobodyLeft = users.length + stalled.length + unsound.length + leaving.length === 0;
  const { massRemovalLimit } = workstation.spec.offboarding;
  const removals = isNobodyLeft
    ? removalOfAllAllowed(unapproved, 0)
    : removalsAllowed(unapproved, massRemovalLimit);
  if (removals.allowed) return { go, gone };
  return {
    go: go.filter((osUser) => approved.has(osUser)),
    held: { osUsers: unapproved, message: removals.message },
    gone,
  };
}
