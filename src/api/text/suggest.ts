/** "Did you mean": the nearest of several words. */

/** Words that differ in more than a third of their letters are not taken for a slip. */
const FURTHEST = 1 / 3;

/** The candidate that a mistyped word was probably meant to be; undefined when none is near. */
export function suggest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > 64) return undefined;
  const plain = normalized(word);
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: distance(plain, normalized(candidate)) }))
    .filter(
      ({ candidate, distance }) =>
        distance <= Math.max(1, Math.max(word.length, candidate.length) * FURTHEST),
    )
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate;
}

/** `os_user` for `osUser` is a slip of style, not of letters. */
function normalized(word: string): string {
  return word.replaceAll(/[_-]/g, '').toLowerCase();
}

/** The Damerau-Levenshtein distance, swaps of neighbours only (optimal string alignment). */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1;
      const swapped =
        row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
          ? at(beforeLast, column - 2) + 1
          : Infinity;
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + cost,
        swapped,
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
