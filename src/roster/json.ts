/** JSON with its members in code-point order. Objects are maps here, so no key is special or moves to the front. */
import { byCodePoint } from './order.ts';

export type Json = string | number | boolean | readonly Json[] | ReadonlyMap<string, Json>;

/** Two spaces of indentation and nothing but ASCII, as Python's json.dump(indent=2, sort_keys=True) prints. */
export function printIndented(value: Json): string {
  return print(value, { escape: escapeToAscii, colon: ': ', indent: '  ' }, '\n');
}

/** One line without spaces; what is not ASCII stays as it is. */
export function printCompact(value: Json): string {
  return print(value, { escape: JSON.stringify, colon: ':', indent: '' }, '');
}

interface Style {
  readonly escape: (text: string) => string;
  readonly colon: string;
  readonly indent: string;
}

/** `lineBreak` holds the indentation of the line on which the value ends. */
function print(value: Json, style: Style, lineBreak: string): string {
  const inner = lineBreak + style.indent;
  const enclose = (open: string, items: readonly string[], close: string) =>
    items.length === 0 ? open + close : open + inner + items.join(`,${inner}`) + lineBreak + close;
  if (typeof value === 'string') return style.escape(value);
  if (value instanceof Map) {
    const members = [...(value as ReadonlyMap<string, Json>)].sort(([a], [b]) => byCodePoint(a, b));
    const texts = members.map(
      ([key, member]) => style.escape(key) + style.colon + print(member, style, inner),
    );
    return enclose('{', texts, '}');
  }
  if (Array.isArray(value)) {
    return enclose(
      '[',
      (value as readonly Json[]).map((item) => print(item, style, inner)),
      ']',
    );
  }
  return JSON.stringify(value);
}

function escapeToAscii(text: string): string {
  return JSON.stringify(text).replace(
    /[\x7f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
