/** What zod's conversion to OpenAPI would drop: it is carried along in keywords of our own, and said as rules in the end. */
import * as z from 'zod';

/** Carries the words of a pattern. */
export const WORDS = 'x-words';
/** Carries the schema of a map's keys: no structural schema has a place for it. */
export const KEY = 'x-key';

export function wordsOf(schema: z.core.$ZodType): string | undefined {
  const definition = schema._zod.def as unknown as Check & { readonly checks?: readonly z.core.$ZodCheck[] };
  const checks = [definition, ...(definition.checks?.map(({ _zod }) => _zod.def as unknown as Check) ?? [])];
  const words = checks.find(({ format }) => format === 'regex' || format === 'base64')?.error?.({});
  return typeof words === 'string' ? words : undefined;
}

/** What zod keeps of `.regex(pattern, words)` and of `z.base64(words)`. */
interface Check {
  readonly format?: string;
  readonly error?: (issue: object) => unknown;
}

/** The keys of a map, where not every text may be one. */
export function keyOf(schema: z.core.$ZodType): z.ZodType | undefined {
  return schema instanceof z.ZodRecord && wordsOf(schema.keyType) !== undefined
    ? (schema.keyType as z.ZodType)
    : undefined;
}
