/** Who must go, and in which stages: first what can be taken back, and what cannot only when asked for by name. */
import { sortedSet } from './order.ts';

/** In the order in which they are done. */
export const REVERSIBLE_STAGES = [
  'DisableServices',
  'Unmap',
  'RemoveFromServiceGroups',
  'LockLogin',
  'RevokeClusterAccess',
] as const;

export type Removals = { readonly allowed: true } | { readonly allowed: false; readonly message: string };

/** Whether so many people may leave in one step; a roster cut short looks like everybody leaving. */
export function removalsAllowed(leavers: Iterable<string>, limit: number): Removals {
  const names = sortedSet(leavers);
  if (names.length <= limit) return { allowed: true };
  const message = `${removing(names)}: massRemovalLimit is ${limit}: confirm the removal, raise the limit or correct the roster`;
  return { allowed: false, message };
}

/** Whether everybody may leave: a roster that was emptied by accident declares nobody, without a mistake in it. */
export function removalOfAllAllowed(leavers: Iterable<string>, confirmed: number): Removals {
  const names = sortedSet(leavers);
  if (names.length <= confirmed) return { allowed: true };
  const message = `${removing(names)}: nobody is declared any more: confirm the removal or correct the roster`;
  return { allowed: false, message };
}

function removing(names: readonly string[]): string {
  return `remove ${names.length} people (${listed(names)})`;
}

function listed(names: readonly string[]): string {
  const shown = 10;
  const rest = names.length - shown;
  return names.slice(0, shown).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
