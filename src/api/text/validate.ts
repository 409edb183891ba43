/** Values against schemas: every issue as a sentence at the place in the text that it is about. */
import type { z } from 'zod';
import type { Path, TextDocument } from './document.ts';
import { type RawIssue, requirement, unknownField } from './issues.ts';
import type { Problem } from './problem.ts';
import { describe, printPath } from './show.ts';

export type Validated<T> =
  | { readonly ok: true; readonly value: T; readonly problems: readonly [] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** How a value stands in its document, where that is not just as the schema has it. */
export interface Standing {
  /** Where the value stands in the document. */
  readonly base: Path;
  /** The path in the document, below the base, for a path in the schema; the same when left out. */
  readonly rename?: (path: Path) => { readonly path: Path; readonly isKey: boolean };
}

export function validate<S extends z.ZodType>(
  schema: S,
  value: unknown,
  document: TextDocument,
  standing: Standing = { base: [] },
): Validated<z.output<S>> {
  const fieldsOf = new Map<unknown, readonly string[]>();
  const result = schema.safeParse(value, {
    reportInput: true,
    error: (issue) => {
      const shape: unknown = (issue.inst as { _zod?: { def?: { shape?: object } } } | undefined)?._zod?.def
        ?.shape;
      if (issue.code === 'unrecognized_keys') fieldsOf.set(issue['keys'], Object.keys(shape ?? {}));
      return requirement(issue);
    },
  });
  if (result.success) return { ok: true, value: result.data, problems: [] };
  const problems = result.error.issues.flatMap((issue) =>
    problemsOf(issue, fieldsOf.get('keys' in issue ? issue.keys : undefined) ?? [], document, standing),
  );
  return { ok: false, problems };
}

function problemsOf(
  issue: RawIssue,
  fields: readonly string[],
  document: TextDocument,
  { base, rename }: Standing,
): Problem[] {
  const { path: below, isKey } = rename?.(issue.path) ?? { path: issue.path, isKey: false };
  const path = [...base, ...below];
  const tell = (at: Path, words: string, isAtKey: boolean) => {
    const message = at.length === 0 ? words : `${printPath(at)}: ${words}`;
    return isAtKey ? document.problemAtKey(at, message) : document.problemAt(at, message);
  };
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => tell([...path, key], unknownField(key, fields), true));
    case 'invalid_key':
      return issue.issues.map(({ message }) => tell(path, `found this key, ${message}`, true));
    case 'custom':
      return [tell(path, issue.message, isKey)];
    default:
      return [tell(path, `${found(issue, document, path)}, ${issue.message}`, isKey)];
  }
}

/** What was found, measured where the measure is what is wrong. */
function found({ code, input }: RawIssue, document: TextDocument, path: Path): string {
  const isMeasured = code === 'too_big' || code === 'too_small';
  if (isMeasured && typeof input === 'string')
    return `found ${input === '' ? 'nothing' : `${input.length} characters`}`;
  if (isMeasured && Array.isArray(input))
    return `found ${input.length === 0 ? 'an empty list' : `${input.length} items`}`;
  if (typeof input === 'number' || typeof input === 'boolean') {
    return `found the ${typeof input} ${document.sourceOf(path) ?? String(input)}`;
  }
  return input === undefined ? 'missing' : `found ${describe(input)}`;
}
