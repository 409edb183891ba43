/** Lock files of the account databases that nobody holds, but that the tools take for held. */
import { lstatSync, readFileSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { lookAtProcess, startOfProcess } from '../programs/processes.ts';
import { rootOf } from '../programs/reach.ts';
import type { Reach } from '../programs/reach.ts';

const LOCKS = ['passwd', 'shadow', 'group', 'gshadow', 'subuid', 'subgid'].map((name) => `${name}.lock`);
/** Milliseconds that a lock may be older than its holder, for clocks and file systems of low resolution. */
const TOLERANCE = 10_000;

/**
 * Removes them and returns their paths. A tool writes its pid into a file of another name and links that to the lock, so an
 * empty lock is nobody's: a crash of the machine lost its content. After a reboot the pid may be another process's, which is
 * younger than the lock. A lock whose pid is nobody's the tools remove themselves. In an image they look at none.
 */
export function removeStaleLocks(reach: Reach): string[] {
  if (reach.kind === 'image') return [];
  const stale = LOCKS.map((name) => join(`${rootOf(reach)}/`, 'etc', name)).filter(isStale);
  for (const path of stale) unlinkSync(path);
  return stale;
}

function isStale(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isFile() !== true) return false;
  if (found.size === 0) return true;
  const pid = Number.parseInt(readFileSync(path, 'latin1'), 10);
  const started = startOfProcess(pid);
  if (started === undefined) return false;
  return lookAtProcess(pid) === undefined || started.getTime() > found.mtimeMs + TOLERANCE;
}
