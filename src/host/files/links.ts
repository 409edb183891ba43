import { readlinkSync } from 'node:fs';
import { at, look, pathOf } from './calls.ts';
import type { Directory } from './calls.ts';
import { FileRefused, refusing } from './refusal.ts';

/**
 * Which symbolic links are followed. `home`: none. `system`: those that only root, or the user this process was started
 * by, can have put there.
 */
export type LinkPolicy = 'home' | 'system';

/** @throws FileRefused where the link may not be followed */
export function targetOf(directory: Directory, name: string, policy: LinkPolicy): string {
  if (policy === 'system' && isOurs(directory, '.') && isOurs(directory, name))
    return readLink(directory, name);
  throw refusedLink(directory, name);
}

export function refusedLink(directory: Directory, name: string): FileRefused {
  return new FileRefused({
    reason: 'symlink',
    at: pathOf(directory, name),
    target: readLink(directory, name),
  });
}

/** @throws FileRefused where it has just ceased to be a link */
export function readLink(directory: Directory, name: string): string {
  return refusing(pathOf(directory, name), () => readlinkSync(at(directory, name)));
}

/** Nobody else can replace a link in a directory of ours that nobody else may write to, so its check holds. */
function isOurs(directory: Directory, name: string): boolean {
  const found = look(directory, name);
  if (found === undefined) return false;
  // The real user id: the effective one may be that of a user whose home is worked on.
  const isOwn = found.uid === 0 || found.uid === process.getuid?.();
  return isOwn && (found.isSymbolicLink() || (found.mode & 0o022) === 0);
}
