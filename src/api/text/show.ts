/** Shows what was found in a text to a person: short, on one line, and without anything a terminal would obey. */

const LONGEST = 60;

/** Control characters, and those that change the direction or the line of what follows. */
const UNSAFE = /[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]/gu;

export function escapeControls(text: string): string {
  return text.replaceAll(UNSAFE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
  });
}

/** A text in double quotes, shortened. */
export function quote(text: string): string {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return `"${escapeControls(short.replaceAll('"', '\\"'))}"`;
}

/** A value in words: `the number 7`, `a list`. */
export function describe(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number' || typeof value === 'boolean') return `the ${typeof value} ${value}`;
  return 'a mapping';
}

/** `a`, `a or b`, `a, b or c`. */
export function anyOf(choices: readonly string[], conjunction = 'or'): string {
  const last = choices.at(-1) ?? '';
  return choices.length < 2 ? last : `${choices.slice(0, -1).join(', ')} ${conjunction} ${last}`;
}

/** A path as `spec.repos[0]`; keys that are no plain words are quoted. */
export function printPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => {
      if (typeof key === 'number') return `[${key}]`;
      const text = String(key);
      if (!/^[A-Za-z0-9_-]{1,80}$/.test(text)) return `[${quote(text)}]`;
      return index === 0 ? text : `.${text}`;
    })
    .join('');
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
