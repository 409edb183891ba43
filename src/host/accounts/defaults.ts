/** What useradd takes from login.defs(5), with its own defaults. Pure. */
import type { SubidEntry } from './parse.ts';

export interface Defaults {
  /** Ids of people, first and last. */
  readonly ids: readonly [number, number];
  /** Subordinate ids, first and last, and how many everybody gets; 0: none. */
  readonly subuids: Subids;
  readonly subgids: Subids;
}

export interface Subids {
  readonly first: number;
  readonly last: number;
  readonly count: number;
}

export function parseDefaults(text: string): Defaults {
  const number = (key: string, otherwise: number) => {
    const value = new RegExp(String.raw`^[ \t]*${key}[ \t]+(\d+)`, 'm').exec(text)?.[1];
    return value === undefined ? otherwise : Number(value);
  };
  const subids = (kind: 'UID' | 'GID') => ({
    first: number(`SUB_${kind}_MIN`, 100_000),
    last: number(`SUB_${kind}_MAX`, 600_100_000),
    count: number(`SUB_${kind}_COUNT`, 65_536),
  });
  return {
    ids: [number('UID_MIN', 1000), number('UID_MAX', 60_000)],
    subuids: subids('UID'),
    subgids: subids('GID'),
  };
}

/**
 * The id after the highest taken one, so that a gap left by a departed person stays a gap; the lowest free one when the
 * end is reached; undefined when none is left. O(taken + range).
 */
export function nextId(
  [first, last]: readonly [number, number],
  taken: ReadonlySet<number>,
): number | undefined {
  let highest = first - 1;
  for (const id of taken) if (id <= last && id > highest) highest = id;
  if (highest < last) return highest + 1;
  for (let id = first; id <= last; id++) if (!taken.has(id)) return id;
  return undefined;
}

/** A range after all others, as `FIRST-LAST`; undefined when it would end too high or nobody gets one. */
export function nextSubids({ first, last, count }: Subids, taken: readonly SubidEntry[]): string | undefined {
  const start = taken.reduce((start, range) => Math.max(start, range.first + range.count), first);
  return count === 0 || start + count - 1 > last ? undefined : `${start}-${start + count - 1}`;
}
