import { isUtf8 } from 'node:buffer';
import { opendirSync, readSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { again, reopened } from './calls.ts';
import type { Directory } from './calls.ts';

/** Bytes of a file, where the caller says nothing else. */
export const FILE_LIMIT = 4 * 2 ** 20;
/** Names in a directory: more than anybody keeps in one that is managed. */
const LIST_LIMIT = 10_000;
/** Bytes of content that are kept to save reading it again. */
const CACHE_LIMIT = 32 * 2 ** 20;
/** Most files fit, and a buffer for each would be mostly empty. */
const SCRATCH = Buffer.alloc(65_536);
/** Milliseconds. A file changed twice within one tick of the kernel's clock has the same times after both. */
const CLOCK_TICK = 1000;

/** The content of an open regular file; undefined where it is longer than `limit` bytes. */
export function readContent(fd: number, limit: number): Buffer | undefined {
  const chunks: Buffer[] = [];
  for (let total = 0; total <= limit;) {
    const count = readSync(fd, SCRATCH);
    if (count === 0) return Buffer.concat(chunks);
    chunks.push(Buffer.from(SCRATCH.subarray(0, count)));
    total += count;
  }
  return undefined;
}

/** The names in a directory, sorted; undefined where there are too many. */
export function readNames(directory: Directory): string[] | undefined {
  const listing = opendirSync(again(directory.fd));
  try {
    const names: string[] = [];
    for (let entry = listing.readSync(); entry !== null; entry = listing.readSync()) {
      if (names.length === LIST_LIMIT) return undefined;
      names.push(entry.name);
    }
    return names.sort();
  } finally {
    listing.closeSync();
  }
}

/** What was read of a file; `{}` says that it was no UTF-8. */
export interface Content {
  readonly text?: string;
}

interface Kept extends Content {
  /** Of a directory. */
  readonly names?: readonly string[];
}

/** Content by inode, as long as nothing about the inode has changed: a pass that finds nothing to do reads nothing. */
export class Contents {
  /** In the order of reading. By reader, since what one may read another may not. */
  readonly #kept = new Map<
    string,
    { readonly version: string; readonly content: Kept; readonly size: number }
  >();
  #size = 0;
  readonly #now: () => number;

  /** `now`: milliseconds since 1970, by the clock that file systems use. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** The content of a file at these stats, as read before. */
  recall(stats: BigIntStats): Content | undefined {
    return this.#recall(stats);
  }

  /** Reads the regular file behind `fd`, which may have been opened with O_PATH; undefined where it is over the limit. */
  read(fd: number, stats: BigIntStats, limit: number): Content | undefined {
    const bytes = reopened(fd, (readable) => readContent(readable, limit));
    if (bytes === undefined) return undefined;
    const content = isUtf8(bytes) ? { text: bytes.toString() } : {};
    this.#keep(stats, content, bytes.length);
    return content;
  }

  /** The names in the directory, sorted; the same list while nothing changed; undefined where there are too many. */
  list(directory: Directory, stats: BigIntStats): readonly string[] | undefined {
    const known = this.#recall(stats)?.names;
    if (known !== undefined) return known;
    const names = readNames(directory);
    if (names !== undefined) this.#keep(stats, { names }, names.join('').length);
    return names;
  }

  #recall(stats: BigIntStats): Kept | undefined {
    const kept = this.#kept.get(keyOf(stats));
    return kept?.version === versionOf(stats) ? kept.content : undefined;
  }

  #keep(stats: BigIntStats, content: Kept, size: number): void {
    if (this.#now() - Number(stats.ctimeMs) <= CLOCK_TICK) return;
    this.#drop(keyOf(stats));
    this.#kept.set(keyOf(stats), { version: versionOf(stats), content, size });
    this.#size += size;
    for (const key of this.#kept.keys()) {
      if (this.#size <= CACHE_LIMIT) break;
      this.#drop(key);
    }
  }

  #drop(key: string): void {
    this.#size -= this.#kept.get(key)?.size ?? 0;
    this.#kept.delete(key);
  }
}

function keyOf({ dev, ino }: BigIntStats): string {
  return `${process.geteuid?.()}:${dev}:${ino}`;
}

function versionOf({ size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${size}:${mtimeNs}:${ctimeNs}`;
}
