/** Directories that may be watched: those that are root's alone, with all above them, and homes in such a one. */
import { fstatSync } from 'node:fs';
import { posix } from 'node:path';
import { closing, codeOf, openDirectory } from '../files/calls.ts';
import { FileRefused } from '../files/refusal.ts';
import type { Tree } from '../files/tree.ts';

/** `system`: root's alone. `home`: anybody's, in a directory that is root's alone. */
export type Trust = 'system' | 'home';

export interface Found {
  readonly fd: number;
  readonly inode: string;
}

/** Undefined where there is no such directory, or none that may be watched. */
export function withDirectory<T>(
  tree: Tree,
  path: string,
  trust: Trust,
  work: (found: Found) => T,
): T | undefined {
  try {
    const outer = trust === 'home' ? posix.dirname(path) : path;
    const directory = trusted(tree, outer);
    if (directory === undefined) return undefined;
    if (trust === 'system') return work(found(directory.fd));
    // A home may be anybody's; a link in its place is nobody's.
    return closing(openDirectory(directory, posix.basename(path)), (fd) => work(found(fd)));
  } catch (error) {
    if (error instanceof FileRefused || codeOf(error) !== undefined) return undefined;
    throw error;
  }
}

/** What stands in the directories above cannot be exchanged by anybody but root. */
function trusted(tree: Tree, path: string) {
  const parts = path.split('/').filter((part) => part !== '');
  const paths = ['/', ...parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)];
  const directories = paths.map((each) => tree.directory(each));
  return directories.every((each) => each !== undefined && isRootsAlone(each.fd))
    ? directories.at(-1)
    : undefined;
}

function isRootsAlone(fd: number): boolean {
  const { uid, mode } = fstatSync(fd);
  return (uid === 0 || uid === process.getuid?.()) && (mode & 0o022) === 0;
}

function found(fd: number): Found {
  const { dev, ino } = fstatSync(fd, { bigint: true });
  return { fd, inode: `${dev}:${ino}` };
}
