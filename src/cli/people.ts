/** Who of the declared people can be accepted, and how the others stand. */
import { catalog } from '../api/catalog.ts';
import { osUserOf, type WorkstationUser } from '../api/user.ts';
import { findingsOfStalled } from '../reconcile/findings.ts';
import type { State } from '../report/record.ts';
import type { UserReport } from '../report/update.ts';
import type { TierIssue } from '../roster/tiers.ts';
import type { DeclaredInput } from './declared.ts';
import type { Io } from './io.ts';

/** Somebody for whom nothing is done until a declaration is changed. */
export interface Stalled {
  readonly user: WorkstationUser;
  /** CamelCase. */
  readonly reason: string;
  readonly message: string;
}

export interface People {
  /** Each says which machine it belongs to. */
  readonly accepted: readonly WorkstationUser[];
  readonly stalled: readonly Stalled[];
  /** metadata.name of the accepted ones whom the command is about. */
  readonly served: ReadonlySet<string>;
}

/**
 * Of two who claim one thing the one has it whom the machine has known for longer.
 * @param names whom the command is about; everybody when empty
 * @throws Error when a name is given that nobody has
 */
export function sortOut(
  { users, workstation }: DeclaredInput,
  names: readonly string[],
  state?: State,
): People {
  const { name } = workstation.object.metadata;
  const { accepted, stalled } = catalog(
    users.map((user) => withAge(user, state)),
    workstation.object,
  );
  const known = new Set(
    [...accepted, ...stalled.map(({ user }) => user)].map(({ metadata }) => metadata.name),
  );
  const unknown = names.find((wanted) => !known.has(wanted));
  if (unknown !== undefined) {
    throw new Error(
      `choose people: nobody is declared as ${JSON.stringify(unknown)}: name one of ${[...known].join(', ')}`,
    );
  }
  return {
    accepted: accepted.map((user) => ({ ...user, spec: { ...user.spec, workstation: name } })),
    stalled,
    served: new Set(
      accepted
        .map(({ metadata }) => metadata.name)
        .filter((one) => names.length === 0 || names.includes(one)),
    ),
  };
}

/** Files do not say since when somebody is declared; the state does. */
function withAge(user: WorkstationUser, state: State | undefined): WorkstationUser {
  const creationTimestamp = state?.users[user.metadata.name]?.metadata.creationTimestamp;
  return creationTimestamp === undefined
    ? user
    : { ...user, metadata: { creationTimestamp, ...user.metadata } };
}

/**
 * Nothing is done for somebody whose tier the cluster says otherwise, and nothing is taken from them: they stay mapped.
 * That the cluster does not know somebody yet is only said.
 */
export function withTierIssues(io: Io, people: People, issues: readonly TierIssue[]): People {
  const conflicts = new Map<string, TierIssue>();
  for (const issue of issues) {
    if (issue.severity === 'error') conflicts.set(issue.osUser, issue);
    else io.err(`warning: ${issue.message}\n`);
  }
  const inConflict = people.accepted.flatMap((user): Stalled[] => {
    const conflict = conflicts.get(osUserOf(user));
    return conflict === undefined ? [] : [{ user, reason: 'TierConflict', message: conflict.message }];
  });
  const barred = new Set(inConflict.map(({ user }) => user.metadata.name));
  return {
    ...people,
    served: new Set([...people.served].filter((name) => !barred.has(name))),
    stalled: [...people.stalled, ...inConflict],
  };
}

export function stalledReports(stalled: readonly Stalled[]): UserReport[] {
  return stalled.map(({ user, reason, message }) => ({
    user,
    ports: {},
    findings: findingsOfStalled(reason, message),
    acted: new Set(),
  }));
}
