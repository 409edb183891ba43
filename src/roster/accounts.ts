/** Accounts as the roster and the policy want them. */
import type { WorkstationSpec } from '../api/workstation/index.ts';
import type { RosterMember } from './member.ts';
import { sortedSet } from './order.ts';

/** The supplementary groups of a person's tier, in the order declared. */
export function groupsOf(
  { spec }: RosterMember,
  { accounts }: Pick<WorkstationSpec, 'accounts'>,
): readonly string[] {
  return accounts.groups[spec.tier];
}

/** What a leaver loses: those of the groups that any tier or the offboarding names and that the account is in. */
export function groupsToRemove(
  { accounts, offboarding }: Pick<WorkstationSpec, 'accounts' | 'offboarding'>,
  current: Iterable<string>,
): string[] {
  const ours = new Set([...Object.values(accounts.groups).flat(), ...offboarding.groups]);
  return sortedSet(current).filter((group) => ours.has(group));
}
