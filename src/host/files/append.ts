/** Files that only grow: whole lines at their end, or none of them. */
import {
  constants,
  fchownSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { at, closing, codeOf, look, remove, settle } from './calls.ts';
import { makeWith } from './directories.ts';
import { FileRefused, refusing } from './refusal.ts';
import type { Place, Tree } from './tree.ts';

export interface LinesToAppend {
  readonly path: string;
  /** Whole lines. */
  readonly text: string;
  /** Permission bits of a file that has to be made. */
  readonly mode: number;
  /** The group of a file that has to be made; this process's own when left out. */
  readonly gid?: number;
}

const NEWLINE = 0x0a;
/** What stands there may be a FIFO or a terminal: neither may hold this process up or become its own. */
const FLAGS = constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

/**
 * Where a crash has left half a line, that is ended first. When not everything can be written, what was is taken back.
 * @returns the size of the file, in bytes
 * @throws FileRefused
 */
export function appendLines(tree: Tree, lines: LinesToAppend): number {
  const { path, text } = lines;
  return refusing(path, () => {
    const place = tree.locate(path, makeWith());
    if (place === undefined) throw new FileRefused({ reason: 'changed', at: path });
    return closing(openToAppend(place, lines), (fd) => {
      const { size, uid } = checkedFile(fd, path);
      if (uid !== process.geteuid?.()) throw new FileRefused({ reason: 'foreign-owner', at: path, uid });
      const bytes = Buffer.from(endsInHalf(fd, size) ? `\n${text}` : text);
      writeWhole(fd, bytes, size);
      return size + bytes.length;
    });
  });
}

/**
 * Opens a file to be read piece by piece.
 * @returns undefined where there is none
 * @throws FileRefused
 */
export function openToRead(tree: Tree, path: string): number | undefined {
  return refusing(path, () => {
    const place = tree.locate(path);
    if (place === undefined || look(place.directory, place.name) === undefined) return undefined;
    const fd = openSync(at(place.directory, place.name), constants.O_RDONLY | FLAGS);
    checkedFile(fd, path);
    return fd;
  });
}

/**
 * Gives a file another name in its directory, which only root may write in: in one step, so that a crash never leaves
 * it with both names.
 * @throws FileRefused
 */
export function setAside(tree: Tree, from: string, to: string): void {
  refusing(from, () => {
    const [source, target] = [tree.locate(from), tree.locate(to)];
    if (source === undefined || target === undefined)
      throw new FileRefused({ reason: 'error', at: from, code: 'ENOENT' });
    if (look(target.directory, target.name) !== undefined)
      throw new FileRefused({ reason: 'exists', at: to });
    renameSync(at(source.directory, source.name), at(target.directory, target.name));
  });
}

/**
 * Removes a name that is no directory's; one that is gone already is as good.
 * @throws FileRefused
 */
export function removeFile(tree: Tree, path: string): void {
  refusing(path, () => {
    const place = tree.locate(path);
    if (place !== undefined) remove(place.directory, place.name);
  });
}

function openToAppend({ directory, name }: Place, { mode, gid }: LinesToAppend): number {
  const flags = constants.O_RDWR | constants.O_APPEND | FLAGS;
  try {
    return openSync(at(directory, name), flags);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  const fd = openSync(at(directory, name), flags | constants.O_CREAT | constants.O_EXCL, 0o600);
  settle(fd, mode);
  if (gid !== undefined) fchownSync(fd, fstatSync(fd).uid, gid);
  return fd;
}

function checkedFile(fd: number, path: string): { readonly size: number; readonly uid: number } {
  const stats = fstatSync(fd);
  if (!stats.isFile()) throw new FileRefused({ reason: 'wrong-type', at: path, wanted: 'file' });
  return stats;
}

function endsInHalf(fd: number, size: number): boolean {
  const last = Buffer.alloc(1);
  return size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== NEWLINE;
}

/** A full disk takes the first part of a text only. */
function writeWhole(fd: number, bytes: Buffer, size: number): void {
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(fd, bytes, written);
  } catch (error) {
    if (fstatSync(fd).size === size + written) ftruncateSync(fd, size);
    throw error;
  }
}
