/**
 * The reversible cut: services off, out of the service groups, login locked, processes ended. Nothing of the
 * leaver's is deleted. What publishes people (the maps) simply no longer names whoever is not declared.
 */
import type { WorkstationSpec } from '../api/workstation/index.ts';
import type { Action } from './action.ts';
import { joined, NOTHING } from './common.ts';
import type { AccountFacts, UnitFacts } from './facts.ts';
import type { SectionPlan } from './section.ts';
import { planStopped } from './units.ts';

/** The stages of the cut, in their order. */
export const STAGES = ['DisableServices', 'RemoveFromServiceGroups', 'LockLogin'] as const;
export type Stage = (typeof STAGES)[number];

export interface LeaveFacts {
  readonly account?: AccountFacts;
  readonly units: ReadonlyMap<string, UnitFacts>;
  /** Whether a process of the leaver's runs. */
  readonly hasProcesses: boolean;
}

export function planLeave(policy: WorkstationSpec, facts: LeaveFacts): ReadonlyMap<Stage, SectionPlan> {
  return new Map<Stage, SectionPlan>([
    ['DisableServices', joined([...facts.units].map(([unit, found]) => planStopped(unit, found)))],
    ['RemoveFromServiceGroups', { ...NOTHING, actions: groupActions(policy, facts.account) }],
    ['LockLogin', { ...NOTHING, actions: lockActions(facts) }],
  ]);
}

/** The groups that a leaver is removed from: those of every tier, and those that are declared for leaving. */
export function serviceGroups(policy: WorkstationSpec): string[] {
  return [...new Set([...Object.values(policy.accounts.groups).flat(), ...policy.offboarding.groups])];
}

function groupActions(policy: WorkstationSpec, account: AccountFacts | undefined): Action[] {
  return serviceGroups(policy)
    .filter((group) => account?.groups.includes(group))
    .map((group) => ({ kind: 'remove-from-group', group }));
}

function lockActions({ account, hasProcesses }: LeaveFacts): Action[] {
  if (account === undefined) return [];
  const isLocked = isLockedOut(account);
  return [
    ...(isLocked ? [] : [{ kind: 'lock-account' } as const]),
    ...(hasProcesses ? [{ kind: 'end-processes' } as const] : []),
  ];
}

/** Whether neither a password, a key, cron nor at lets the account in: shadow(5), pam_unix(8). */
export function isLockedOut(account: AccountFacts): boolean {
  return account.password === 'locked' && account.expires !== undefined && account.expires <= 1;
}
