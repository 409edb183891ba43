/**
 * Removes directories without leaving them: each is entered by its own name, unfollowed, from the one above, which stays
 * open; nothing is looked up by `..` or by a longer path. Where something is mounted, removal stops.
 */
import { chmodSync, fstatSync, opendirSync, renameSync, rmdirSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import { again, at, closing, openDirectory, pathOf, remove } from './calls.ts';
import type { Directory, Name } from './calls.ts';
import { mountOf } from './mounts.ts';
import { FileRefused, refusing } from './refusal.ts';
import { temporaryName } from './temporary.ts';

/** Names read at once. */
const BATCH = 1000;
/** Directories open at once; one that lies deeper is moved up before it is removed. */
const MOST_OPEN = 100;

/** What removing a tree has to know wherever it is. */
interface Removal {
  readonly mount: string;
  /** Names that may still be removed in this turn. */
  left: number;
  /** The directories that are open, topmost first. */
  readonly open: Directory[];
}

/**
 * Removes a directory and all in it, or `budget` names of it, so that a turn takes bounded time.
 * @returns whether it is gone
 * @throws FileRefused
 */
export function removeDirectoryAt(parent: Directory, name: Name, budget: number): boolean {
  return removeDirectory({ mount: mountOf(parent.fd), left: budget, open: [] }, parent, name);
}

function removeDirectory(removal: Removal, parent: Directory, name: Name): boolean {
  const path = pathOf(parent, name);
  return refusing(path, () => {
    const isGone = closing(openDirectory(parent, name), (fd) => {
      if (mountOf(fd) !== removal.mount) throw new FileRefused({ reason: 'mount-point', at: path });
      makeAccessible(fd);
      const [top] = removal.open;
      if (top !== undefined && removal.open.length >= MOST_OPEN) {
        renameSync(at(parent, name), at(top, temporaryName()));
        return 'moved';
      }
      return empty(removal, { fd, path }) && 'empty';
    });
    if (isGone === 'empty') rmdirSync(at(parent, name));
    return isGone !== false;
  });
}

/** Somebody may keep adding to it, so it is read until it is empty, or the turn is over. */
function empty(removal: Removal, directory: Directory): boolean {
  removal.open.push(directory);
  try {
    for (let batch = someEntries(directory.fd); batch.length > 0; batch = someEntries(directory.fd)) {
      for (const entry of batch) {
        if (removal.left === 0) return false;
        removal.left -= 1;
        if (!entry.isDirectory()) remove(directory, entry.name);
        else if (!removeDirectory(removal, directory, entry.name)) return false;
      }
    }
    return true;
  } finally {
    removal.open.pop();
  }
}

function someEntries(fd: number): Dirent<Buffer>[] {
  // Names as bytes, which `encoding` makes of them though its type says strings.
  const listing = opendirSync(again(fd), { encoding: 'buffer' as BufferEncoding, bufferSize: BATCH });
  try {
    const entries: Dirent<Buffer>[] = [];
    for (let entry = listing.readSync(); entry !== null && entries.length < BATCH; entry = listing.readSync())
      entries.push(entry as unknown as Dirent<Buffer>);
    return entries;
  } finally {
    listing.closeSync();
  }
}

/** Owners may take their own right to change a directory away, as Go's module cache does. */
function makeAccessible(fd: number): void {
  const { uid, mode } = fstatSync(fd);
  if (uid === process.geteuid?.() && (mode & 0o700) !== 0o700) chmodSync(again(fd), (mode & 0o7777) | 0o700);
}
