/** Who of the declared people can be served together on one machine, and how the others stand. */
import { catalog } from '../api/catalog.ts';
import { osUserOf, type WorkstationUser } from '../api/user.ts';
import type { Workstation } from '../api/workstation/index.ts';
import type { State } from '../report/record.ts';
import type { UserReport } from '../report/update.ts';
import type { TierIssue } from '../roster/tiers.ts';
import { findingsOfStalled } from './findings.ts';

/** Somebody for whom nothing is done until a declaration is changed. */
export interface Stalled {
  readonly user: WorkstationUser;
  /** CamelCase. */
  readonly reason: string;
  readonly message: string;
}

export interface Admission {
  /** Each says which machine it belongs to. */
  readonly accepted: readonly WorkstationUser[];
  readonly stalled: readonly Stalled[];
}

/** Of two who claim one thing the one has it whom the machine has known for longer. */
export function admit(
  users: readonly WorkstationUser[],
  workstation: Workstation,
  state?: Pick<State, 'users'>,
): Admission {
  const { accepted, stalled } = catalog(
    users.map((user) => withAge(user, state)),
    workstation,
  );
  const { name } = workstation.metadata;
  return {
    accepted: accepted.map((user) => ({ ...user, spec: { ...user.spec, workstation: name } })),
    stalled,
  };
}

/** Files do not say since when somebody is declared; the state does. */
function withAge(user: WorkstationUser, state: Pick<State, 'users'> | undefined): WorkstationUser {
  const creationTimestamp = state?.users[user.metadata.name]?.metadata.creationTimestamp;
  return creationTimestamp === undefined
    ? user
    : { ...user, metadata: { creationTimestamp, ...user.metadata } };
}

/** Those whose tier the cluster says otherwise: nothing is done for them, and nothing is taken from them. */
export function inConflict(users: readonly WorkstationUser[], issues: readonly TierIssue[]): Stalled[] {
  const conflicts = new Map(
    issues.filter(({ severity }) => severity === 'error').map((issue) => [issue.osUser, issue]),
  );
  return users.flatMap((user): Stalled[] => {
    const conflict = conflicts.get(osUserOf(user));
    return conflict === undefined ? [] : [{ user, reason: 'TierConflict', message: conflict.message }];
  });
}

export function stalledReport({ user, reason, message }: Stalled): UserReport {
  return { user, ports: {}, findings: findingsOfStalled(reason, message), acted: new Set() };
}
