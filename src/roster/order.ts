/**
 * Compares two strings by Unicode code point, as `LC_ALL=C sort` does with UTF-8. JavaScript's own order is by UTF-16
 * unit, in which U+1F600 stands before U+FF5E.
 */
export function byCodePoint(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index += 1) {
    const difference = rank(a.charCodeAt(index)) - rank(b.charCodeAt(index));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** The distinct strings in code-point order. */
export function sortedSet(items: Iterable<string>): string[] {
  return [...new Set(items)].sort(byCodePoint);
}

/** Surrogates, halves of what lies above U+FFFF, rank above all other units. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
