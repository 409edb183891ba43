/** Looking into JSON text by JSON Pointer (RFC 6901). */
import { isMapping, parseJson } from '../api/text/json.ts';

export type Member =
  | { readonly kind: 'present'; readonly value: unknown }
  | { readonly kind: 'absent' }
  | { readonly kind: 'invalid' };

/** The member of a JSON text. An empty text is an empty object. */
export function memberOf(text: string, pointer: string): Member {
  const document = text.trim() === '' ? {} : parseJson(text);
  if (!isMapping(document)) return { kind: 'invalid' };
  let value: unknown = document;
  for (const key of pathOf(pointer)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return { kind: 'absent' };
    value = (value as Record<string, unknown>)[key];
  }
  return { kind: 'present', value };
}

/** The keys that a pointer names, unescaped. */
export function pathOf(pointer: string): string[] {
  return pointer
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}
