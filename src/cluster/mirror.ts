/**
 * A roster against the users that were made from it: pure. Only users of this origin are changed or deleted, an unsound entry
 * holds up nobody else, and more deletions than the limit wait until this very text is confirmed.
 */
import { isDeepStrictEqual } from 'node:util';
import { objectNamesFor } from '../api/names.ts';
import { CONFIRM_REMOVALS, ROSTER_ORIGIN } from '../api/marks.ts';
import { osUserOf, type UserSpec } from '../api/user.ts';
import { annotation, isDeleting, type ClusterUser } from './kinds.ts';
import type { ReadRoster } from './rostertext.ts';

export interface MirrorFacts {
  readonly roster: ReadRoster;
  /** NAMESPACE/NAME of its ConfigMap. */
  readonly origin: string;
  /** The machine of everybody whose entry names none. */
  readonly workstation: string;
  /** All users there are. */
  readonly users: readonly ClusterUser[];
  /** More deletions in one step are held. */
  readonly limit: number;
  /** The digest of the text whose deletions somebody has confirmed. */
  readonly confirmed: string | undefined;
}

export interface Mirroring {
  /** To be created or brought to this spec, by metadata.name. */
  readonly applied: ReadonlyMap<string, UserSpec>;
  readonly deleted: readonly ClusterUser[];
  /** Why nobody is deleted though somebody is gone; undefined where nobody is held. */
  readonly held: string | undefined;
  /** Entries that cannot be mirrored. */
  readonly troubles: readonly string[];
}

export function planMirror(facts: MirrorFacts): Mirroring {
  const { roster, origin, users } = facts;
  const own = users.filter((user) => annotation(user, ROSTER_ORIGIN) === origin);
  const names = namesFor(roster, own, users);
  const applied = [...roster.specs].flatMap(([account, spec]) => {
    const name = names.get(account);
    return name === undefined ? [] : changeOf(name, account, withMachine(spec, facts.workstation), own);
  });
  const gone = own.filter((user) => !roster.accounts.has(osUserOf(user)) && !isDeleting(user));
  const held = heldBy(gone, facts);
  return {
    applied: new Map(applied),
    deleted: held === undefined ? gone : [],
    held,
    troubles: [...roster.troubles, ...untold(roster, names)],
  };
}

/** Whoever has an object keeps its name, and nobody gets the name of somebody else's. */
function namesFor(
  { specs }: ReadRoster,
  own: readonly ClusterUser[],
  users: readonly ClusterUser[],
): Map<string, string> {
  const names = new Map(own.map((user) => [osUserOf(user), user.metadata.name]));
  const taken = new Set(users.map(({ metadata }) => metadata.name));
  const newcomers = [...specs.keys()].filter((account) => !names.has(account));
  for (const [account, name] of objectNamesFor(newcomers)) {
    if (!taken.has(name)) names.set(account, name);
  }
  return names;
}

function withMachine(spec: UserSpec, workstation: string): UserSpec {
  return { ...spec, workstation: spec.workstation ?? workstation };
}

/** Nothing where the object says so already. Somebody who is on the way out comes back once that is done. */
function changeOf(
  name: string,
  account: string,
  spec: UserSpec,
  own: readonly ClusterUser[],
): [name: string, spec: UserSpec][] {
  const wanted = name === account ? spec : { osUser: account, ...spec };
  const found = own.find(({ metadata }) => metadata.name === name);
  if (found !== undefined && (isDeleting(found) || isDeepStrictEqual({ ...found.spec }, wanted))) return [];
  return [[name, wanted]];
}

function heldBy(gone: readonly ClusterUser[], facts: MirrorFacts): string | undefined {
  const { roster, limit, confirmed, origin } = facts;
  const isEmpty = roster.accounts.size === 0;
  if (gone.length === 0 || confirmed === roster.digest || (gone.length <= limit && !isEmpty))
    return undefined;
  const names = gone.map((user) => osUserOf(user)).sort();
  const [namespace, name] = origin.split('/');
  const found = isEmpty ? 'the roster declares nobody' : `the limit is ${limit}`;
  return `delete ${names.length} users who are gone from the roster (${names.join(', ')}): ${found}: declare them again, or confirm: kubectl annotate --overwrite configmap -n ${namespace} ${name} ${CONFIRM_REMOVALS}=${roster.digest}`;
}

function untold({ specs }: ReadRoster, names: ReadonlyMap<string, string>): string[] {
  return [...specs.keys()]
    .filter((account) => !names.has(account))
    .map(
      (account) =>
        `mirror ${account}: there is another WorkstationUser of that name, which this roster has not made: delete or rename one`,
    );
}
