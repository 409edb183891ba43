/** Who of the declared people can be accepted, and how the others stand. */
import { catalog, type Stalled } from '../api/catalog.ts';
import type { WorkstationUser } from '../api/user.ts';
import { findingsOfStalled } from '../reconcile/findings.ts';
import type { UserReport } from '../report/update.ts';
import type { DeclaredInput } from './declared.ts';

export interface People {
  /** Each says which machine it belongs to. */
  readonly accepted: readonly WorkstationUser[];
  readonly stalled: readonly Stalled[];
  /** metadata.name of those the command is about; everybody when undefined. */
  readonly only: ReadonlySet<string> | undefined;
}

/** @throws Error when a name is given that nobody has */
export function sortOut({ users, workstation }: DeclaredInput, names: readonly string[]): People {
  const { name } = workstation.object.metadata;
  const { accepted, stalled } = catalog(users, workstation.object);
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
    only: names.length === 0 ? undefined : new Set(names),
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
