/**
 * Reads what an administrator names on the command line: files, folders of files, standard input. Reading is bounded,
 * never waits for a FIFO or a device, and tells trouble as problems.
 */
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { MAX_BYTES, TOO_LARGE } from '../../api/text/decode.ts';
import type { Problem } from '../../api/text/problem.ts';

export interface Bytes {
  /** As it was named, or found in a folder; `-` is standard input. */
  readonly file: string;
  readonly bytes: Uint8Array;
  /** Which file it was: `device:inode`. Left out for standard input. */
  readonly inode?: string;
}

export interface Reading {
  readonly read: readonly Bytes[];
  readonly problems: readonly Problem[];
}

export async function readPaths(paths: readonly string[], stdin: Readable): Promise<Reading> {
  const readings = [];
  for (const path of paths) readings.push(await readPath(path, stdin));
  return {
    read: readings.flatMap(({ read }) => read),
    problems: readings.flatMap(({ problems }) => problems),
  };
}

/** The files at a path: one, or those of a folder that hold manifests, in the order of their names. */
export async function readPath(path: string, stdin: Readable): Promise<Reading> {
  if (path === '-') return told('-', async () => one('-', await bounded(stdin)));
  return told(path, () =>
    opened(path, async (handle) => {
      const stats = await handle.stat();
      if (stats.isDirectory()) return readFolder(path);
      return stats.isFile() ? readFile(path, handle, stats) : refused(path, NOT_A_FILE);
    }),
  );
}

const NOT_A_FILE = 'found a FIFO, socket or device, must be a file or a folder of files';

async function readFolder(folder: string): Promise<Reading> {
  const names = (await readdir(folder)).filter(isManifestName).sort();
  if (names.length === 0)
    return refused(folder, 'found a folder without *.yaml, *.yml or *.json files: name another');
  const readings = await Promise.all(names.map((name) => readMember(join(folder, name))));
  return {
    read: readings.flatMap(({ read }) => read),
    problems: readings.flatMap(({ problems }) => problems),
  };
}

/** Whether a file of this name is read where its folder is named. */
export function isManifestName(name: string): boolean {
  return /^[^.][^/]*\.(yaml|yml|json)$/.test(name);
}

function readMember(path: string): Promise<Reading> {
  return told(path, () =>
    opened(path, async (handle) => {
      const stats = await handle.stat();
      if (stats.isDirectory())
        return refused(path, `found a folder named like a file: rename ${basename(path)}`);
      return stats.isFile() ? readFile(path, handle, stats) : refused(path, NOT_A_FILE);
    }),
  );
}

async function readFile(path: string, handle: FileHandle, { dev, ino }: Stats): Promise<Reading> {
  return one(path, await bounded(chunks(handle)), `${dev}:${ino}`);
}

/** O_NONBLOCK: opening a FIFO without a writer, or some devices, would wait for ever. */
async function opened(path: string, use: (handle: FileHandle) => Promise<Reading>): Promise<Reading> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}

async function* chunks(handle: FileHandle): AsyncGenerator<Buffer> {
  for (;;) {
    const { bytesRead, buffer } = await handle.read({ buffer: Buffer.allocUnsafe(CHUNK) });
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

const CHUNK = 64 * 1024;

/** All bytes of a stream, or undefined as soon as there are too many. */
async function bounded(stream: AsyncIterable<Buffer>): Promise<Uint8Array | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of stream) {
    length += part.length;
    if (length > MAX_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts, length);
}

function one(file: string, bytes: Uint8Array | undefined, inode?: string): Reading {
  if (bytes === undefined) return refused(file, TOO_LARGE);
  return { read: [{ file, bytes, ...(inode === undefined ? {} : { inode }) }], problems: [] };
}

function refused(file: string, message: string): Reading {
  return { read: [], problems: [{ file, message }] };
}

/** What the system refuses is a problem of the path. */
async function told(path: string, read: () => Promise<Reading>): Promise<Reading> {
  try {
    return await read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return refused(path, REFUSALS[code] ?? `cannot be read: ${code}`);
  }
}

const REFUSALS: Readonly<Record<string, string>> = {
  ENOENT: 'cannot be read: there is no such file (ENOENT): check the path',
  EACCES: 'cannot be read: permission denied (EACCES): run as root, or let the file be read',
  ELOOP: 'cannot be read: its symbolic links lead in a circle (ELOOP): mend them',
  ENXIO: NOT_A_FILE,
};
