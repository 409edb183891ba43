/**
 * The reversible cut: services off, out of the service groups, login locked, processes ended. Nothing of the
 * leaver's is deleted. Access to a cluster is bound, and revoked, by the cluster's controller: no machine can do it.
 */
import { isSystemAccount } from '../api/user.ts';
import type { WorkstationSpec } from '../api/workstation/index.ts';
import { groupsToRemove } from '../roster/accounts.ts';
import { REVERSIBLE_STAGES } from '../roster/offboard.ts';
import type { AccountAction } from './action.ts';
import { joined, NOTHING, onlyTrouble, refused } from './common.ts';
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
    RemoveFromServiceGroups: planAccount(facts, (account) => groupActions(policy, account)),
    LockLogin: planAccount(facts, (account) => lockActions(account, facts.hasProcesses)),
    RevokeClusterAccess: NOTHING,
  };
  return new Map(REVERSIBLE_STAGES.map((stage) => [stage, plans[stage]]));
}

/** A name that an environment file carries may be that of a system account, which is nobody's to lock. */
function planAccount(
  { account }: LeaveFacts,
  actionsFor: (account: AccountFacts) => AccountAction[],
): SectionPlan {
  if (account === undefined) return NOTHING;
  const why = refusalOf(account);
  return why === undefined
    ? { ...NOTHING, actions: actionsFor(account) }
    : onlyTrouble(refused('UnsafeAccount', `cut ${account.name}: ${why}`));
}

function groupActions(policy: WorkstationSpec, { groups }: AccountFacts): AccountAction[] {
  return groupsToRemove(policy, groups).map((group) => ({ kind: 'remove-from-group', group }));
}

/** Processes outlive a lock that was made just before a crash. */
export function lockActions(account: AccountFacts, hasProcesses: boolean): AccountAction[] {
  return [
    ...(isLockedOut(account) ? [] : [{ kind: 'lock-account' } as const]),
    ...(hasProcesses ? [{ kind: 'end-processes' } as const] : []),
  ];
}

/** Why an account must be left alone, as the end of a sentence. */
export function refusalOf({ name, refusal }: AccountFacts): string | undefined {
  return refusal ?? (isSystemAccount(name) ? 'it is a system account, choose another osUser' : undefined);
}

/** Whether a lock may be one of ours, which always expire the account on the same day. */
export function mayBeOurLock({ password, expires }: AccountFacts): boolean {
  return password === 'locked' && expires === 1;
}

/** Whether neither a password, a key, cron nor at lets the account in: shadow(5), pam_unix(8). */
export function isLockedOut(account: AccountFacts): boolean {
  return account.password === 'locked' && account.expires !== undefined && account.expires <= 1;
}
