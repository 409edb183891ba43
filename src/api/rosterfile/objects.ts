/** Entries of a roster as objects of the API. */
import type { Declared } from '../manifest.ts';
import { objectNamesFor } from '../names.ts';
import type { Path } from '../text/document.ts';
import { API_VERSION, type WorkstationUser } from '../user.ts';
import type { RosterEntry } from './read.ts';

/**
 * Entries as objects. They stand in one machine's file, so their names need to be unique only among themselves.
 * @param names as `objectNamesFor` gives them, to entries that are not sound as well: mending one renames nobody
 */
export function usersFromRoster(
  entries: readonly RosterEntry[],
  names = objectNamesFor(entries.map(({ osUser }) => osUser)),
): Declared<WorkstationUser>[] {
  return entries.map((entry) => {
    const { osUser } = entry;
    const name = names.get(osUser) ?? osUser;
    const object: WorkstationUser = {
      apiVersion: API_VERSION,
      kind: 'WorkstationUser',
      metadata: { name },
      spec: { ...(name === osUser ? {} : { osUser }), ...entry.spec },
    };
    return { object, file: entry.file, problem: (path, message) => entry.problem(pathInSpec(path), message) };
  });
}

/** A path of the object as one of the spec: `metadata` stands for the account. */
function pathInSpec([top, ...below]: Path): Path {
  if (top === 'spec') return below;
  return top === undefined ? [] : ['osUser'];
}
