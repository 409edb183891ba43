/** Files in memory, seen through the eyes of a section: what the host would report of each probe. */
import type { Entries, Entry, Probe } from '../../../src/sections/facts.ts';

export type Tree = Map<string, Entry>;

const OWNED = { uid: 1001, gid: 1001 };

export function file(text: string, mode = 0o644, more: object = {}): Entry {
  const size = Buffer.byteLength(text);
  return { kind: 'file', ...OWNED, mode, size, links: 1, modified: 0, text, ...more };
}

/** A file that is no UTF-8 text. */
export function binary(mode = 0o644): Entry {
  return { kind: 'file', ...OWNED, mode, size: 1, links: 1, modified: 0 };
}

export function directory(mode = 0o755): Entry {
  return { kind: 'directory', ...OWNED, mode, modified: 0 };
}

export const link = (target: string): Entry => ({ kind: 'symlink', target });
export const fifo: Entry = { kind: 'other', type: 'fifo' };

/** Something that the system refuses to tell about. */
export function forbidden(at: string): Entry {
  return { kind: 'blocked', obstacle: { reason: 'error', at, code: 'EACCES' } };
}

/** A tree from paths below a directory; a plain string is a file with that text. */
export function treeOf(below: string, things: Readonly<Record<string, string | Entry>>): Tree {
  return new Map(
    Object.entries(things).map(([path, thing]) => [
      `${below}${path}`,
      typeof thing === 'string' ? file(thing) : thing,
    ]),
  );
}

export function lookAt(tree: Tree, probes: readonly Probe[]): Entries {
  return new Map(probes.map((probe) => [probe.path, lookAtOne(tree, probe)]));
}

function lookAtOne(tree: Tree, { path, read }: Probe): Entry {
  const parts = path.split('/');
  for (let count = 2; count < parts.length; count++) {
    const at = parts.slice(0, count).join('/');
    const above = tree.get(at);
    if (above === undefined || above.kind === 'directory') continue;
    if (above.kind === 'blocked') return above;
    if (above.kind === 'symlink') return blockedBy(at, above.target);
    return { kind: 'blocked', obstacle: { reason: 'not-a-directory', at } };
  }
  const found = tree.get(path) ?? (namesIn(tree, path).length > 0 ? directory() : { kind: 'absent' });
  if (found.kind === 'directory' && read === 'list') return { ...found, names: namesIn(tree, path) };
  return found.kind === 'symlink' && read !== 'stat' ? blockedBy(path, found.target) : found;
}

function blockedBy(at: string, target: string): Entry {
  return { kind: 'blocked', obstacle: { reason: 'symlink', at, target } };
}

function namesIn(tree: Tree, path: string): string[] {
  const below = [...tree].flatMap(([key, { kind }]) =>
    key.startsWith(`${path}/`) && kind !== 'absent' ? [key.slice(path.length + 1)] : [],
  );
  return [...new Set(below.map((name) => name.split('/')[0] ?? ''))].sort();
}
