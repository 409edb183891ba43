/** Looks at paths and changes nothing; that something cannot be looked at is an entry too, never an error. */
import { fstatSync } from 'node:fs';
import type { BigIntStats, Stats } from 'node:fs';
import type { Entry, Probe } from '../../sections/facts.ts';
import { look, lookExactly, pathOf, withHandle } from './calls.ts';
import { readLink } from './links.ts';
import { FILE_LIMIT } from './read.ts';
import type { Contents } from './read.ts';
import { FileRefused, asObstacle, refusing } from './refusal.ts';
import type { Place, Tree } from './tree.ts';

/** UTF-16 units of content in one answer, so that one person's files cannot fill everybody's memory. */
const ANSWER_LIMIT = 2 * FILE_LIMIT;

const ABSENT: Entry = { kind: 'absent' };

export function observeAll(tree: Tree, probes: readonly Probe[], contents: Contents): [string, Entry][] {
  let left = ANSWER_LIMIT;
  return probes.map((probe) => {
    const entry = observe(tree, probe, contents, Math.min(left, FILE_LIMIT));
    if (entry.kind === 'file') left = Math.max(0, left - (entry.text?.length ?? 0));
    return [probe.path, entry];
  });
}

/** What is at a path; content of more than `limit` bytes is not read. */
export function observe(tree: Tree, probe: Probe, contents: Contents, limit = FILE_LIMIT): Entry {
  const { path, read } = probe;
  try {
    return refusing(path, () => {
      if (path === tree.root.path)
        return read === 'list' ? listed(tree, path, contents) : described(fstatSync(tree.root.fd));
      const place = tree.locate(path);
      if (place === undefined) return ABSENT;
      return read === 'stat'
        ? observeStatus(tree, place)
        : observeContent(tree, probe, place, contents, limit);
    });
  } catch (error) {
    return blockedBy(error);
  }
}

/** The entry that says why nothing could be looked at. */
export function blockedBy(error: unknown): Entry {
  if (!(error instanceof FileRefused)) throw error;
  return { kind: 'blocked', obstacle: asObstacle(error.refusal) };
}

function observeStatus(tree: Tree, place: Place): Entry {
  const { directory, name } = place;
  const found = look(directory, name);
  if (found === undefined) return ABSENT;
  if (found.isDirectory()) tree.sawDirectory(place);
  if (found.isSymbolicLink()) return { kind: 'symlink', target: readLink(directory, name) };
  return described(found);
}

/** As observeStatus, and what is in the file or directory; a link is followed as the tree's policy has it. */
function observeContent(
  tree: Tree,
  { path, read }: Probe,
  located: Place,
  contents: Contents,
  limit: number,
): Entry {
  let place = located;
  let found = lookExactly(place.directory, place.name);
  while (found?.isSymbolicLink() === true) {
    const next = tree.follow(place);
    if (next === undefined) return ABSENT;
    place = next;
    found = lookExactly(place.directory, place.name);
  }
  if (found === undefined) return ABSENT;
  if (found.isDirectory()) tree.sawDirectory(place);
  if (read === 'list' && found.isDirectory()) return listed(tree, path, contents);
  if (read === 'text' && found.isFile()) return withText(place, found, contents, limit);
  return described(found);
}

function withText({ directory, name }: Place, found: BigIntStats, contents: Contents, limit: number): Entry {
  const path = pathOf(directory, name);
  const known = found.size > limit ? undefined : contents.recall(found);
  if (known !== undefined) return { ...described(found), ...known };
  return withHandle(directory, name, (fd) => {
    const stats = fstatSync(fd, { bigint: true });
    if (!stats.isFile()) throw new FileRefused({ reason: 'error', at: path, code: 'EAGAIN' });
    const content = stats.size > limit ? undefined : contents.read(fd, stats, limit);
    if (content !== undefined) return { ...described(stats), ...content };
    throw new FileRefused({ reason: 'too-large', at: path, size: Number(stats.size), limit });
  });
}

function listed(tree: Tree, path: string, contents: Contents): Entry {
  const directory = tree.directory(path);
  if (directory === undefined) return ABSENT;
  const stats = fstatSync(directory.fd, { bigint: true });
  const names = contents.list(directory, stats);
  if (names === undefined) throw new FileRefused({ reason: 'error', at: path, code: 'EFBIG' });
  return { ...described(stats), names } as Entry;
}

/** The entry of anything but a symbolic link. */
function described(found: Stats | BigIntStats): Entry {
  const modified = Math.floor(Number(found.mtimeMs));
  const owned = {
    mode: Number(found.mode) & 0o7777,
    uid: Number(found.uid),
    gid: Number(found.gid),
    modified,
  };
  if (found.isFile()) return { kind: 'file', ...owned, size: Number(found.size), links: Number(found.nlink) };
  if (found.isDirectory()) return { kind: 'directory', ...owned };
  if (found.isFIFO()) return { kind: 'other', type: 'fifo' };
  return { kind: 'other', type: found.isSocket() ? 'socket' : 'device' };
}
