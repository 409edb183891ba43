/**
 * Makes the home of an account whole or not at all: it is filled beside its place, where only root can look, and renamed.
 * useradd fills it in place, so that one killed meanwhile leaves a home without half of its files, or with root's.
 */
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
} from 'node:fs';
import { renameSync, rmSync, statSync, type Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { directoryInside } from '../files/inside.ts';
import { rootOf } from '../programs/reach.ts';
import type { Reach } from '../programs/reach.ts';

export interface NewHome {
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
  /** Octal, e.g. 0o700. */
  readonly mode: number;
}

/** Does nothing when there is a directory at `path` already. */
export function makeHome(reach: Reach, { path, uid, gid, mode }: NewHome): void {
  const base = homeBase(reach, path);
  const home = join(base, basename(path));
  if (lstatSync(home, { throwIfNoEntry: false })?.isDirectory()) return;
  const unfinished = join(base, `.${basename(path)}.new-home`);
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  copySkeleton(join(`${rootOf(reach)}/`, 'etc/skel'), unfinished);
  giveTree(unfinished, uid, gid);
  chmodSync(unfinished, mode);
  renameSync(unfinished, home);
}

/**
 * The directory that homes are made in, as this process sees it.
 * @throws when somebody other than root could put something in root's way there
 */
export function homeBase(reach: Reach, home: string): string {
  const base = dirname(home);
  const attempt = `making ${home}`;
  const seen = directoryInside(rootOf(reach), base);
  if (seen === undefined) throw new Error(`${attempt}: ${base} is no directory, mount or make it`);
  const found = statSync(seen);
  if (found.uid !== 0 || (found.mode & 0o022) !== 0) {
    throw new Error(`${attempt}: others than root can write to ${base}, make it root's with mode 0755`);
  }
  return seen;
}

/** What stands at the place of a home, if anything. */
export function foundAtHome(reach: Reach, home: string): Stats | undefined {
  const base = directoryInside(rootOf(reach), dirname(home));
  return base === undefined ? undefined : lstatSync(join(base, basename(home)), { throwIfNoEntry: false });
}

/** Each entry by itself: copied as a whole, the skeleton would open the directory to others too early. */
function copySkeleton(skeleton: string, directory: string): void {
  if (!existsSync(skeleton)) return;
  for (const name of readdirSync(skeleton)) {
    cpSync(join(skeleton, name), join(directory, name), { recursive: true, verbatimSymlinks: true });
  }
}

/** The directory itself comes last: until then nobody but root can reach what is in it. */
function giveTree(directory: string, uid: number, gid: number): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) giveTree(path, uid, gid);
    else lchownSync(path, uid, gid);
  }
  chownSync(directory, uid, gid);
}
