/** What stat(2) says of files: as long as it stays the same, there is nothing to read. */
import type { BigIntStats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isManifestName } from './read.ts';

/** Milliseconds. A file changed twice within one tick of the kernel's clock has the same times after both. */
const CLOCK_TICK = 1000;

/**
 * The signature of all files that `readPaths` would read; undefined while one of them is so young that it may change
 * without a sign.
 * @param now milliseconds since 1970
 */
export async function signatureOf(paths: readonly string[], now: number): Promise<string | undefined> {
  const marks = (await Promise.all(paths.map((path) => marksAt(path)))).flat();
  if (marks.some(({ changed }) => now - changed < CLOCK_TICK)) return undefined;
  return marks.map(({ text }) => text).join('\n');
}

interface Mark {
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly changed: number;
}

async function marksAt(path: string): Promise<Mark[]> {
  const found = await look(path);
  if (typeof found === 'string' || !found.isDirectory()) return [markOf(path, found)];
  const names = await readdir(path).catch(codeOf);
  if (typeof names === 'string') return [markOf(path, names)];
  const members = names
    .filter(isManifestName)
    .sort()
    .map((name) => join(path, name));
  return Promise.all(members.map(async (member) => markOf(member, await look(member))));
}

function look(path: string): Promise<BigIntStats | string> {
  return stat(path, { bigint: true }).catch(codeOf);
}

function codeOf(error: NodeJS.ErrnoException): string {
  return error.code ?? error.message;
}

function markOf(path: string, found: BigIntStats | string): Mark {
  if (typeof found === 'string') return { text: `${path}\0${found}`, changed: -Infinity };
  const { dev, ino, mode, size, mtimeNs, ctimeNs, ctimeMs } = found;
  return { text: [path, dev, ino, mode, size, mtimeNs, ctimeNs].join('\0'), changed: Number(ctimeMs) };
}
