import { chmodSync, fstatSync, mkdirSync } from 'node:fs';
import { again, at, closing, codeOf, openDirectory, pathOf, settle, withHandle } from './calls.ts';
import type { Directory } from './calls.ts';
import { refusedLink } from './links.ts';
import { FileRefused, refusing } from './refusal.ts';
import type { Make, Tree } from './tree.ts';

const PARENTS_MODE = 0o755;

export interface DirectoryToMake {
  readonly path: string;
  /** Permission bits, e.g. 0o700. */
  readonly mode: number;
  /** Of parents that have to be made; 0o755 when left out. */
  readonly parentsMode?: number;
}

/**
 * Makes the directory, with its parents; one that exists is left as it is.
 * @throws FileRefused
 */
export function makeDirectory(tree: Tree, { path, mode, parentsMode }: DirectoryToMake): void {
  refusing(path, () => {
    tree.locate(path, makeWith(parentsMode));
    tree.directory(path, makeWith(mode));
  });
}

export function makeWith(mode = PARENTS_MODE): Make {
  return (directory, name) => refusing(pathOf(directory, name), () => makeOne(directory, name, mode));
}

function makeOne(directory: Directory, name: string, mode: number): void {
  try {
    mkdirSync(at(directory, name), mode);
  } catch (error) {
    // Somebody else was faster; whatever it is, the walk that goes on looks at it.
    if (codeOf(error) === 'EEXIST') return;
    throw error;
  }
  closing(openDirectory(directory, name), (fd) => {
    if (fstatSync(fd).uid === process.geteuid?.()) settle(fd, mode);
  });
}

/**
 * Sets the mode of a file or directory of one's own.
 * @throws FileRefused
 */
export function setMode(tree: Tree, path: string, mode: number): void {
  refusing(path, () => {
    const place = tree.locate(path);
    if (place === undefined) throw new FileRefused({ reason: 'error', at: path, code: 'ENOENT' });
    withHandle(place.directory, place.name, (fd) => {
      const found = fstatSync(fd);
      if (found.isSymbolicLink()) throw refusedLink(place.directory, place.name);
      if (!found.isFile() && !found.isDirectory())
        throw new FileRefused({ reason: 'wrong-type', at: path, wanted: 'file or directory' });
      if (found.uid !== process.geteuid?.())
        throw new FileRefused({ reason: 'foreign-owner', at: path, uid: found.uid });
      if (found.isFile() && found.nlink > 1)
        throw new FileRefused({ reason: 'hard-linked', at: path, links: found.nlink });
      chmodSync(again(fd), mode);
    });
  });
}
