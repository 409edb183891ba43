/** Finds a uid for a newcomer that has never been somebody else's, as far as the machine can tell. */
import { lstatSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { listProcesses } from '../programs/processes.ts';
import { rootOf } from '../programs/reach.ts';
import type { Reach } from '../programs/reach.ts';
import type { Accounts } from './database.ts';
import { nextId, parseDefaults } from './defaults.ts';
import type { Defaults } from './defaults.ts';
import { askNameService } from './service.ts';

/**
 * A newcomer with a departed person's uid would own what that person left. So no id is given out that an account or group
 * has, that owns something next to the new home, that a process runs with, or that is reserved.
 * @param base the directory of homes as this process sees it
 */
export async function newcomerId(
  accounts: Accounts,
  base: string,
  reserved: Iterable<number>,
): Promise<number> {
  const { ids } = readDefaults(accounts.reach);
  const taken = new Set([
    ...reserved,
    ...accounts.all().map(({ uid }) => uid),
    ...accounts.allGroups().map(({ gid }) => gid),
    ...ownersIn(base),
    ...(accounts.reach.kind === 'image' ? [] : listProcesses().flatMap(({ uids }) => uids)),
  ]);
  for (;;) {
    const id = nextId(ids, taken);
    if (id === undefined)
      throw new Error(
        `choosing a uid: all from ${ids[0]} to ${ids[1]} are taken, raise UID_MAX in /etc/login.defs`,
      );
    if (!accounts.hasNameService || (await askNameService(accounts.reach, [`${id}`])).length === 0) return id;
    taken.add(id);
  }
}

export function readDefaults(reach: Reach): Defaults {
  const path = join(`${rootOf(reach)}/`, 'etc/login.defs');
  try {
    return parseDefaults(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return parseDefaults('');
    throw error;
  }
}

function ownersIn(directory: string): number[] {
  return readdirSync(directory).flatMap((name) => {
    const found = lstatSync(join(directory, name), { throwIfNoEntry: false });
    return found === undefined ? [] : [found.uid, found.gid];
  });
}
