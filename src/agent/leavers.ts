/** Who has left, and whether they may go: only who was seen declared, and not more in one step than the limit. */
import type { Machine } from '../host/machine.ts';
import { uncut } from '../reconcile/leave.ts';
import { osUserOf } from '../api/user.ts';
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
  { osUsers, users, served, stalled, unsound, leaving, workstation }: Roll,
  state: State,
): Leavers {
  const known = [
    ...Object.values(state.users).map(({ metadata, status }) => ({
      name: metadata.name,
      osUser: status.osUser,
      wasServed: status.uid !== undefined,
    })),
    ...Object.entries(state.begun ?? {}).map(([osUser, name]) => ({ name, osUser, wasServed: true })),
  ];
  const inUse = new Set([...served.values()].map(osUserOf));
  // An account that only somebody claims who may not have it yet is still that of whoever had it, and leaves.
  const isTheirs = ({ name, osUser }: { name: string; osUser: string }): boolean =>
    !osUsers.has(osUser) || (!inUse.has(osUser) && state.users[name]?.status.uid !== undefined);
  const deleted = leaving.filter(isTheirs).map((leaver) => ({ ...leaver, wasServed: true }));
  const left = [...known.filter(({ osUser }) => !osUsers.has(osUser)), ...deleted];
  // An account that a declaration only named, and no pass had to do with, is somebody else's.
  const had = left.filter(({ wasServed }) => wasServed);
  const go = uncut(machine, sortedSet(had.map(({ osUser }) => osUser)), state);
  const handedOn = leaving.filter((leaver) => !isTheirs(leaver));
  const isGone = ({ osUser }: { osUser: string }): boolean => !go.includes(osUser);
  const gone = sortedSet([...left.filter(isGone), ...handedOn].map(({ name }) => name));
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
