/** Whether a writer may be in the middle of what was read. */
import type { Bytes, Reading } from './read.ts';
import { namesOf, type People } from './people.ts';

/** By file: its inode, and its length in bytes. */
export type Sizes = ReadonlyMap<string, { readonly inode: string | undefined; readonly length: number }>;

export function sizesOf({ read }: Reading): Sizes {
  return new Map(read.map(({ file, inode, bytes }) => [file, { inode, length: bytes.length }]));
}

/**
 * A file that is written in place is short for a while, and may parse. What takes nobody away, breaks nobody's entry, ends
 * as a text does and is not shorter than it was, or came by a rename, cannot be mistaken for that.
 */
export function mayBeHalf(
  reading: Reading,
  sizes: Sizes,
  people: People | undefined,
  last: People | undefined,
): boolean {
  return (
    reading.read.some((file) => isUnended(file) || isShortened(file, sizes)) ||
    people === undefined ||
    hasNewlyUnsound(people, last) ||
    takesAway(people, last)
  );
}

function isUnended({ bytes }: Bytes): boolean {
  return bytes.at(-1) !== LINE_FEED;
}

const LINE_FEED = 0x0a;

function isShortened({ file, inode, bytes }: Bytes, sizes: Sizes): boolean {
  const before = sizes.get(file);
  return before !== undefined && before.inode === inode && bytes.length < before.length;
}

function hasNewlyUnsound({ unsound }: People, last: People | undefined): boolean {
  const known = new Set(last?.unsound.map(({ name }) => name));
  return unsound.some(({ name }) => !known.has(name));
}

function takesAway(people: People, last: People | undefined): boolean {
  const present = namesOf(people);
  return last !== undefined && [...namesOf(last)].some((name) => !present.has(name));
}
