import { linkSync, renameSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { at, codeOf, look, remove } from './calls.ts';
import { makeWith } from './directories.ts';
import { refusedLink } from './links.ts';
import { FileRefused, refusing } from './refusal.ts';
import type { Place, Tree } from './tree.ts';

export interface Rename {
  readonly from: string;
  readonly to: string;
  /** Of parents of `to` that have to be made; 0o755 when left out. */
  readonly parentsMode?: number;
}

/**
 * Moves a file or directory to a name that is free, within one file system. A file never replaces anything: it is linked to
 * its new name before it loses the old one. A directory replaces what somebody puts there in the same instant only when
 * that is an empty directory; against all else rename(2) itself decides.
 * @throws FileRefused
 */
export function rename(tree: Tree, { from, to, parentsMode }: Rename): void {
  refusing(from, () => {
    const source = tree.locate(from);
    const found = source && look(source.directory, source.name);
    if (source === undefined || found === undefined)
      throw new FileRefused({ reason: 'error', at: from, code: 'ENOENT' });
    if (found.isSymbolicLink()) throw refusedLink(source.directory, source.name);
    const target = tree.locate(to, makeWith(parentsMode));
    if (target === undefined) throw new FileRefused({ reason: 'changed', at: to });
    if (found.isFile()) renameFile(source, found, target, to);
    else if (found.isDirectory()) renameDirectory(source, target, to);
    else throw new FileRefused({ reason: 'wrong-type', at: from, wanted: 'file or directory' });
  });
}

function renameFile(source: Place, found: Stats, target: Place, to: string): void {
  const there = look(target.directory, target.name);
  // The same file at both names is what a crash between the two steps left.
  if (there === undefined) link(source, target, to);
  else if (there.ino !== found.ino || there.dev !== found.dev)
    throw new FileRefused({ reason: 'exists', at: to });
  remove(source.directory, source.name);
}

function link(source: Place, target: Place, to: string): void {
  try {
    linkSync(at(source.directory, source.name), at(target.directory, target.name));
  } catch (error) {
    throw codeOf(error) === 'EEXIST' ? new FileRefused({ reason: 'exists', at: to }) : error;
  }
}

function renameDirectory(source: Place, target: Place, to: string): void {
  if (look(target.directory, target.name) !== undefined) throw new FileRefused({ reason: 'exists', at: to });
  renameSync(at(source.directory, source.name), at(target.directory, target.name));
}
