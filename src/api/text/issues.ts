/** What must be, for each kind of issue that a schema can have with a value. */
import type { z } from 'zod';
import { anyOf } from './show.ts';
import { suggest } from './suggest.ts';

export type RawIssue = z.core.$ZodIssue;

/** "must be …" for an issue whose schema has no words of its own. */
export function requirement(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return mustBeType(issue.expected, issue.input);
    case 'invalid_value':
      return mustBeOneOf(issue.values.map(String), issue.input);
    case 'too_big':
      return `must ${limit(issue.origin, 'at most', Number(issue.maximum))}`;
    case 'too_small':
      return `must ${limit(issue.origin, 'at least', Number(issue.minimum))}`;
    case 'invalid_format':
      return FORMATS[issue.format] ?? `must be a valid ${issue.format}`;
    case 'invalid_union':
      return 'must be a value that JSON can say';
    default:
      return 'must be something else: see the reference of this field';
  }
}

function mustBeType(expected: string, input: unknown): string {
  const isPlain = typeof input === 'number' || typeof input === 'boolean';
  if (expected === 'string' && isPlain) return 'must be text: quote it';
  const isQuoted = typeof input === 'string' && /^(true|false|[0-9]+)$/.test(input);
  if (expected === 'boolean') return `must be true or false${isQuoted ? ', without quotes' : ''}`;
  if (expected === 'number' || expected === 'int') {
    return `must be a whole number${isQuoted ? ', without quotes' : ''}`;
  }
  return `must be ${TYPES[expected] ?? expected}`;
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

function mustBeOneOf(values: readonly string[], input: unknown): string {
  const near = typeof input === 'string' ? suggest(input, values) : undefined;
  const hint = near === undefined || values.length === 1 ? '' : `: did you mean ${near}?`;
  return `must be ${anyOf(values)}${hint}`;
}

function limit(origin: string, bound: string, count: number): string {
  if (origin === 'string') return `be ${bound} ${count} characters`;
  if (origin === 'array') return `have ${bound} ${count === 1 ? 'one item' : `${count} items`}`;
  if (origin === 'object' || origin === 'record') return `have ${bound} ${count} members`;
  return `be ${bound} ${count}`;
}

const FORMATS: Readonly<Record<string, string>> = {
  url: 'must be a URL',
  base64: 'must be base64',
  datetime: 'must be a time as RFC 3339 has it, for instance "2026-01-31T12:00:00Z"',
};

/** The words for a field that a schema does not know. */
export function unknownField(key: string, fields: readonly string[]): string {
  const near = suggest(key, fields);
  if (near !== undefined) return `unknown field: did you mean ${near}?`;
  return fields.length === 0
    ? 'unknown field: remove it'
    : `unknown field: remove it, or use one of ${[...fields].sort().join(', ')}`;
}
