/** Texts that are kept with what was made of them, and the length of the longest, in UTF-16 units. */
const MOST = 64;
const LONGEST = 65_536;

/**
 * As `parse`, which is pure and whose results nobody changes; what it made of the last few texts is kept. Many people have
 * the same text in a file, and most have it at every pass.
 */
export function lately<T>(parse: (text: string) => T): (text: string) => T {
  const kept = new Map<string, T>();
  return (text) => {
    if (text.length > LONGEST) return parse(text);
    const result = kept.has(text) ? (kept.get(text) as T) : parse(text);
    // Whatever was asked for longest ago goes first.
    kept.delete(text);
    kept.set(text, result);
    if (kept.size > MOST) kept.delete(kept.keys().next().value ?? text);
    return result;
  };
}
