/**
 * Files are replaced whole: whoever looks, and whenever a crash comes, there is the old content or the new. What belongs
 * to somebody else, has other names, or is not what the caller saw, is left alone.
 */
import { createHash } from 'node:crypto';
import { constants, fstatSync, fsyncSync, linkSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { at, closing, codeOf, look, remove, reopened, settle, withHandle } from './calls.ts';
import type { Directory } from './calls.ts';
import { makeWith } from './directories.ts';
import { refusedLink } from './links.ts';
import { FILE_LIMIT, readContent } from './read.ts';
import { FileRefused, refusing } from './refusal.ts';
import { removeLeftoverFiles } from './remove.ts';
import { temporaryName } from './temporary.ts';
import type { Place, Tree } from './tree.ts';

export interface FileToWrite {
  readonly path: string;
  readonly content: string;
  /** Permission bits, e.g. 0o600. */
  readonly mode: number;
  /** Of parents that have to be made; 0o755 when left out. */
  readonly parentsMode?: number;
  /** Bytes that the content may have; FILE_LIMIT when left out. */
  readonly limit?: number;
  /** What has to be there: `absent`, or the digest of the content. Anything may be when left out. */
  readonly expect?: string;
}

/** The SHA-256 in hex. */
export function digest(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** @throws FileRefused */
export function writeFile(tree: Tree, file: FileToWrite): void {
  const { path, mode, limit = FILE_LIMIT } = file;
  const content = Buffer.from(file.content);
  if (content.length > limit)
    throw new FileRefused({ reason: 'too-large', at: path, size: content.length, limit });
  refusing(path, () => {
    const place = prepare(tree, file);
    const temporary = create(place.directory, content, mode);
    try {
      install(temporary, place, file);
    } finally {
      remove(place.directory, temporary);
    }
    reopened(place.directory.fd, fsyncSync);
  });
}

/** Refuses before anything is made. */
function prepare(tree: Tree, file: FileToWrite): Place {
  const existing = tree.locate(file.path);
  // Before the check: a crash while installing leaves a new file with its temporary name as a second hard link.
  if (existing !== undefined) removeLeftoverFiles(existing.directory);
  check(existing, file);
  const place = existing ?? tree.locate(file.path, makeWith(file.parentsMode));
  if (place === undefined) throw changed(file);
  return place;
}

function create(directory: Directory, content: Buffer, mode: number): string {
  const temporary = temporaryName();
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  closing(openSync(at(directory, temporary), flags, 0o600), (fd) => {
    try {
      writeFileSync(fd, content);
      settle(fd, mode);
      fsyncSync(fd);
    } catch (error) {
      remove(directory, temporary);
      throw error;
    }
  });
  return temporary;
}

/**
 * A new name is made by link(2), which never replaces what somebody puts there in the same instant. Over an old file only
 * rename(2) is atomic: what its owner does to it between the check and the rename, some microseconds, is lost.
 */
function install(temporary: string, place: Place, file: FileToWrite): void {
  const { directory, name } = place;
  if (check(place, file) === 'present') {
    renameSync(at(directory, temporary), at(directory, name));
    return;
  }
  try {
    linkSync(at(directory, temporary), at(directory, name));
  } catch (error) {
    throw codeOf(error) === 'EEXIST' ? changed(file) : error;
  }
}

/** Whether there is a file, which may be replaced. */
function check(place: Place | undefined, file: FileToWrite): 'present' | 'absent' {
  const { path, expect } = file;
  const found = place && look(place.directory, place.name);
  if (place === undefined || found === undefined) {
    if (expect !== undefined && expect !== 'absent') throw changed(file);
    return 'absent';
  }
  if (found.isSymbolicLink()) throw refusedLink(place.directory, place.name);
  if (!found.isFile()) throw new FileRefused({ reason: 'wrong-type', at: path, wanted: 'file' });
  if (found.uid !== process.geteuid?.())
    throw new FileRefused({ reason: 'foreign-owner', at: path, uid: found.uid });
  if (found.nlink > 1) throw new FileRefused({ reason: 'hard-linked', at: path, links: found.nlink });
  if (expect !== undefined && expect !== contentDigest(place)) throw changed(file);
  return 'present';
}

/** Undefined for what has just ceased to be a file of readable length. */
function contentDigest({ directory, name }: Place): string | undefined {
  return withHandle(directory, name, (fd) => {
    if (!fstatSync(fd).isFile()) return undefined;
    const content = reopened(fd, (readable) => readContent(readable, FILE_LIMIT));
    return content && digest(content);
  });
}

function changed({ path }: FileToWrite): FileRefused {
  return new FileRefused({ reason: 'changed', at: path });
}
