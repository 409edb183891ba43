import { readlinkSync, symlinkSync } from 'node:fs';
import { at, codeOf, look, remove } from './calls.ts';
import { makeWith } from './directories.ts';
import { FileRefused, refusing } from './refusal.ts';
import type { Place, Tree } from './tree.ts';

export interface LinkToMake {
  readonly path: string;
  /** What the link says: nothing is looked up there. */
  readonly target: string;
}

/**
 * Makes a symbolic link, with its missing parents. One that says the same is left, and nothing is ever replaced.
 * @throws FileRefused
 */
export function makeLink(tree: Tree, { path, target }: LinkToMake): void {
  refusing(path, () => {
    const place = tree.locate(path, makeWith());
    if (place === undefined) throw new FileRefused({ reason: 'changed', at: path });
    try {
      symlinkSync(target, at(place.directory, place.name));
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      if (!saysAlready(place, target)) throw new FileRefused({ reason: 'exists', at: path });
    }
  });
}

/**
 * Removes a symbolic link; that it is absent already is as good.
 * @throws FileRefused where it is anything else
 */
export function removeLink(tree: Tree, path: string): void {
  refusing(path, () => {
    const place = tree.locate(path);
    const found = place && look(place.directory, place.name);
    if (place === undefined || found === undefined) return;
    if (!found.isSymbolicLink()) throw new FileRefused({ reason: 'exists', at: path });
    remove(place.directory, place.name);
  });
}

function saysAlready(place: Place, target: string): boolean {
  const isLink = look(place.directory, place.name)?.isSymbolicLink() === true;
  return isLink && readlinkSync(at(place.directory, place.name)) === target;
}
