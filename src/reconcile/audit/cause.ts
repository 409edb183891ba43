/** Why something differs from what is declared, as far as what was recorded before can tell. */
import type { Condition, ConditionType } from '../../api/conditions.ts';
import { osUserOf, type WorkstationUser } from '../../api/user.ts';
import type { AuditRecord } from '../../report/auditrecord.ts';
import type { State } from '../../report/record.ts';
import { REVERSIBLE_STAGES } from '../../roster/offboard.ts';
import { SECTIONS } from '../../sections/index.ts';
import { MACHINE } from '../machinework.ts';

export type CauseKind = AuditRecord['cause']['kind'];

/** @param section what asked for an action: a section, `machine`, or a stage of a cut */
export type KindOf = (osUser: string, section: string) => CauseKind;

export interface Declared {
  readonly users: readonly WorkstationUser[];
  /** A digest of the policy. */
  readonly policy: string;
}

const STAGES: ReadonlySet<string> = new Set(REVERSIBLE_STAGES);
const CONDITIONS = new Map<string, ConditionType>([
  ...SECTIONS.map(({ name, condition }) => [name, condition] as const),
  [MACHINE, 'MachineReady'],
]);

/** `state`: as it was before the pass. */
export function causesOf(state: State, { users, policy }: Declared): KindOf {
  const byOsUser = new Map(users.map((user) => [osUserOf(user), user]));
  const isNewPolicy = state.policy !== policy;
  const isDeclaredAnew = (user: WorkstationUser | undefined): boolean =>
    isNewPolicy || user === undefined || !isSame(state.users[user.metadata.name]?.spec, user.spec);
  // The published maps follow from everybody.
  const isAnybodyNew =
    users.some(isDeclaredAnew) ||
    Object.values(state.users).some(({ status }) => !byOsUser.has(status.osUser));
  return (osUser, section) => {
    if (STAGES.has(section)) return 'Leave';
    const user = section === MACHINE ? undefined : byOsUser.get(osUser);
    const isAnew = section === MACHINE ? isNewPolicy || isAnybodyNew : isDeclaredAnew(user);
    if (isAnew) return 'Declared';
    const known = section === MACHINE ? state.workstation : state.users[user?.metadata.name ?? ''];
    return hasFailed(known?.status.conditions, section) ? 'Retry' : 'Drift';
  };
}

function hasFailed(conditions: readonly Condition[] | undefined, section: string): boolean {
  const type = CONDITIONS.get(section);
  return conditions?.some((condition) => condition.type === type && condition.status === 'False') ?? false;
}

function isSame(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}
