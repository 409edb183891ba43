/**
 * The reversible cut: services off, out of the service groups, login locked, processes ended. Nothing of the
 * leaver's is deleted. Access to a cluster is bound, and revoked, by the cluster's controller: no machine can do it.
 */
import type { WorkstationSpec } from '../api/workstation/index.ts';
import { REVERSIBLE_STAGES } from '../roster/offboard.ts';
import type { Action } from './action.ts';
import { joined, NOTHING } from './common.ts';
import type { AccountFacts, UnitFacts } from './facts.ts';
import type { SectionPlan } from './section.ts';
import { planStopped } from './units.ts';

export type ReversibleStage = (typeof REVERSIBLE_STAGES)[number];

export interface LeaveFacts {
  readonly account?: AccountFacts;
  readonly units: ReadonlyMap<string, UnitFacts>;
  /** Whether a process of the leaver's runs. */
  readonly hasProcesses: boolean;
}

/** Every stage in its order; `unmap` is the plan that publishes the maps without the leaver. */
export function planLeave(
  policy: WorkstationSpec,
  facts: LeaveFacts,
  unmap: SectionPlan,
): ReadonlyMap<ReversibleStage, SectionPlan> {
  const plans: Record<ReversibleStage, SectionPlan> = {
    DisableServices: joined([...facts.units].map(([unit, found]) => planStopped(unit, found))),
    Unmap: unmap,
    RemoveFromServiceGroups: { ...NOTHING, actions: groupActions(policy, facts.account) },
    LockLogin: { ...NOTHING, actions: lockActions(facts) },
    RevokeClusterAccess: NOTHING,
  };
  return new Map(REVERSIBLE_STAGES.map((stage) => [stage, plans[stage]]));
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
