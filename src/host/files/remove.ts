import { look, remove } from './calls.ts';
import type { Directory } from './calls.ts';
import { readNames } from './read.ts';
import { refusing } from './refusal.ts';
import { removeDirectoryAt } from './removal.ts';
import { isTemporary } from './temporary.ts';
import type { Tree } from './tree.ts';

/** Names removed in one turn: some tens of milliseconds, so that others get theirs. */
const TURN = 2000;

/**
 * Removes whatever has this name: a directory with all in it, a turn at a time; of a link the link and not what it leads to.
 * @returns whether it is gone; if not, call again
 * @throws FileRefused
 */
export function removeTree(tree: Tree, path: string): boolean {
  return refusing(path, () => {
    const place = tree.locate(path);
    const found = place && look(place.directory, place.name);
    if (place === undefined || found === undefined) return true;
    if (found.isDirectory()) return removeDirectoryAt(place.directory, place.name, TURN);
    remove(place.directory, place.name);
    return true;
  });
}

/**
 * Removes what an earlier crash left unfinished in a directory, a turn at a time.
 * @returns whether nothing of it is there any more; if not, call again
 * @throws FileRefused
 */
export function removeLeftovers(tree: Tree, path: string): boolean {
  return refusing(path, () => {
    const directory = tree.directory(path);
    if (directory === undefined) return true;
    return leftovers(directory).every((name) => {
      if (look(directory, name)?.isDirectory() === true) return removeDirectoryAt(directory, name, TURN);
      remove(directory, name);
      return true;
    });
  });
}

/** The leftovers that are no directories, and so take no time. */
export function removeLeftoverFiles(directory: Directory): void {
  for (const name of leftovers(directory)) {
    if (look(directory, name)?.isDirectory() === false) remove(directory, name);
  }
}

/** A directory with too many names to list is its owner's to tidy. */
function leftovers(directory: Directory): string[] {
  return readNames(directory)?.filter(isTemporary) ?? [];
}
