/** The people of a reading: the sound ones, and apart from them those whose declaration has problems. */
import { isObjectName } from '../../api/names.ts';
import { AccountName } from '../../api/primitives.ts';
import { osUserOf } from '../../api/user.ts';
import type { DeclaredState, Unsound } from '../source.ts';
import type { Input } from './load.ts';
import type { Refused } from './refused.ts';

export type People = Pick<DeclaredState, 'users' | 'unsound'>;

/**
 * A name that is not valid may be anybody's, misspelt: while there is
 * one, whoever is missing is kept as last known.
 */
export function withUnsound({ users, refused }: Input, last: People | undefined): People {
  const unsound = refused.map((one) => unsoundOf(one, last));
  const barred = new Set(refused.map(({ name }) => name));
  const sound = users.map(({ object }) => object).filter(({ metadata }) => !barred.has(metadata.name));
  if (refused.every(isNamed)) return { users: sound, unsound };
  const present = namesOf({ users: sound, unsound });
  return {
    users: [...sound, ...(last?.users ?? []).filter(({ metadata }) => !present.has(metadata.name))],
    unsound: [...unsound, ...(last?.unsound ?? []).filter(({ name }) => !present.has(name))],
  };
}

function isNamed({ name, osUser = name }: Refused): boolean {
  return isObjectName(name) && AccountName.safeParse(osUser).success;
}

/** Whose account is not said, or not validly, has the one that is known of them. */
function unsoundOf({ name, osUser, message }: Refused, last: People | undefined): Unsound {
  const known = knownAccount(name, last);
  const said = osUser !== undefined && AccountName.safeParse(osUser).success ? osUser : undefined;
  const account = known ?? said;
  return { name, ...(account === undefined ? {} : { osUser: account }), reason: 'Invalid', message };
}

function knownAccount(name: string, last: People | undefined): string | undefined {
  const user = last?.users.find(({ metadata }) => metadata.name === name);
  return user ? osUserOf(user) : last?.unsound.find((one) => one.name === name)?.osUser;
}

export function namesOf({ users, unsound }: People): Set<string> {
  return new Set([...users.map(({ metadata }) => metadata.name), ...unsound.map(({ name }) => name)]);
}
