import { FileRefused, refusing } from '../files/refusal.ts';
import type { HomeUser } from './protocol.ts';

/**
 * Runs `work` with the user's rights and gives them back. Effective ids count for the whole process, so nothing else may
 * be under way in it. The real id stays, which keeps the user from signalling or tracing the process meanwhile.
 * @throws FileRefused where the system does not let this process have the user's rights
 */
export function withRightsOf<T>(user: HomeUser, work: () => T): T {
  const own = process.geteuid?.();
  if (user.uid === 0) throw new FileRefused({ reason: 'error', at: user.home, code: 'EPERM' });
  if (user.uid === own) return work();
  try {
    refusing(user.home, () => take(user));
    return work();
  } finally {
    restore(own);
  }
}

/**
 * The groups first: once the user id has gone, so has the right to change them. Each change must reach every thread, so
 * groups that are right already stay.
 */
function take({ uid, gid, groups }: HomeUser): void {
  const wanted = new Set([gid, ...groups]);
  process.setegid?.(gid);
  if (!hasExactly(wanted)) process.setgroups?.([...groups]);
  process.seteuid?.(uid);
  if (process.geteuid?.() !== uid || process.getegid?.() !== gid || !hasExactly(wanted))
    end(`take the rights of uid ${uid}: the process has others`);
}

/** The effective group id is among them, whether it is a supplementary one too or not. */
function hasExactly(wanted: ReadonlySet<number>): boolean {
  const groups = new Set(process.getgroups?.());
  return groups.size === wanted.size && [...groups].every((group) => wanted.has(group));
}

/** Group ids stay the last user's: whoever is next brings their own, and root without a user does nothing. */
function restore(own: number | undefined): void {
  try {
    if (own !== undefined) process.seteuid?.(own);
  } finally {
    if (process.geteuid?.() !== own) end('give back the rights of a user: the process still has them');
  }
}

/** No request may be served with the wrong rights; the next helper process has the right ones. */
function end(message: string): never {
  process.stderr.write(`workstation home helper: ${message}\n`);
  process.exit(70);
}
