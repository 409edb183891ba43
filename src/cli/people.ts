/** Who of the declared people a command is about, and how the others stand. */
import type { WorkstationUser } from '../api/user.ts';
import { admit, inConflict, type Admission } from '../reconcile/admit.ts';
import type { State } from '../report/record.ts';
import type { TierIssue } from '../roster/tiers.ts';
import type { DeclaredInput } from './declared.ts';
import type { Io } from './io.ts';

export interface People extends Admission {
  /** metadata.name of the accepted ones whom the command is about. */
  readonly served: ReadonlySet<string>;
}

/**
 * @param names whom the command is about; everybody when empty
 * @throws Error when a name is given that nobody has
 */
export function sortOut(
  { users, workstation }: DeclaredInput,
  names: readonly string[],
  state?: State,
): People {
  const { accepted, stalled } = admit(users, workstation.object, state);
  const known = new Set(declaredHere({ accepted, stalled }).map(({ metadata }) => metadata.name));
  const unknown = names.find((wanted) => !known.has(wanted));
  if (unknown !== undefined) {
    throw new Error(
      `choose people: nobody is declared as ${JSON.stringify(unknown)}: name one of ${[...known].join(', ')}`,
    );
  }
  return {
    accepted,
    stalled,
    served: new Set(
      accepted
        .map(({ metadata }) => metadata.name)
        .filter((one) => names.length === 0 || names.includes(one)),
    ),
  };
}

/** Everybody who is declared for this machine, served or not. */
export function declaredHere({ accepted, stalled }: Admission): WorkstationUser[] {
  return [...accepted, ...stalled.map(({ user }) => user)];
}

/** Whoever is in conflict stays mapped and is not served; that the cluster does not know somebody yet is only said. */
export function withTierIssues(io: Io, people: People, issues: readonly TierIssue[]): People {
  for (const { severity, message } of issues) if (severity !== 'error') io.err(`warning: ${message}\n`);
  const stalled = inConflict(people.accepted, issues);
  const barred = new Set(stalled.map(({ user }) => user.metadata.name));
  return {
    ...people,
    served: new Set([...people.served].filter((name) => !barred.has(name))),
    stalled: [...people.stalled, ...stalled],
  };
}
