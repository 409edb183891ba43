/** Who is declared, sorted out: whom a pass is about, who is stalled, and whom a change concerns. */
import { osUserOf, type WorkstationUser } from '../api/user.ts';
import type { Workstation } from '../api/workstation/index.ts';
import { admit, inConflict, type Stalled } from '../reconcile/admit.ts';
import type { State } from '../report/record.ts';
import { byCodePoint } from '../roster/order.ts';
import type { TierIssue } from '../roster/tiers.ts';
import type { DeclaredState, Unsound } from '../source/source.ts';

export interface Roll {
  readonly workstation: Workstation;
  readonly revision: string;
  /** Whom the machine is to have, stalled by a conflict of tiers or not: they keep their places on the maps. */
  readonly users: readonly WorkstationUser[];
  /** By metadata.name, of `users`: whom passes are made for. */
  readonly served: ReadonlyMap<string, WorkstationUser>;
  readonly stalled: readonly Stalled[];
  readonly unsound: readonly Unsound[];
  readonly leaving: NonNullable<DeclaredState['leaving']>;
  /** Accounts of everybody who is declared, in whatever state: nobody of them has left. */
  readonly osUsers: ReadonlySet<string>;
}

export function rollOf(
  declared: DeclaredState,
  state: Pick<State, 'users'>,
  issues: readonly TierIssue[],
): Roll {
  const { object } = declared.workstation;
  const { accepted, stalled } = admit(declared.users, object, state);
  const barred = [...inConflict(accepted, issues), ...barredBy(declared, accepted)];
  const names = new Set(barred.map(({ user }) => user.metadata.name));
  return {
    workstation: object,
    revision: declared.revision,
    users: accepted,
    served: new Map(
      accepted.filter(({ metadata }) => !names.has(metadata.name)).map((user) => [user.metadata.name, user]),
    ),
    stalled: [...stalled, ...barred],
    unsound: declared.unsound,
    leaving: declared.leaving ?? [],
    osUsers: new Set([
      ...declared.users.map(osUserOf),
      ...declared.unsound.flatMap(({ name, osUser }) => osUser ?? state.users[name]?.status.osUser ?? name),
    ]),
  };
}

/** Somebody else, the controller of a cluster, says that nothing is to be done for them. */
function barredBy({ barred = [] }: DeclaredState, users: readonly WorkstationUser[]): Stalled[] {
  const byName = new Map(barred.map((one) => [one.name, one]));
  return users.flatMap((user) => {
    const found = byName.get(user.metadata.name);
    return found === undefined ? [] : [{ user, reason: found.reason, message: found.message }];
  });
}

/** Whom the step from one roll to the next concerns; everybody where what all of them get has changed. */
export function changedNames(before: Roll | undefined, after: Roll): string[] {
  // In the order of accounts, so that uids of newcomers do not depend on the order of a file.
  const names = [...after.served.values()]
    .sort((a, b) => byCodePoint(osUserOf(a), osUserOf(b)))
    .map(({ metadata }) => metadata.name);
  if (before === undefined || !isSame(before.workstation.spec, after.workstation.spec)) return names;
  return names.filter((name) => !isSame(saidOf(before.served.get(name)), saidOf(after.served.get(name))));
}

/** What an object says; when it was made and how often it was stored matters to nobody. */
function saidOf(user: WorkstationUser | undefined): unknown {
  return user && { spec: user.spec, uid: user.metadata.uid, generation: user.metadata.generation };
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
