/** The text of a roster, for whoever must know who is in it though not everything in it is sound. */
import { createHash } from 'node:crypto';
import { readRoster } from '../api/roster.ts';
import { isMapping } from '../api/text/json.ts';
import { parseText } from '../api/text/parse.ts';
import { printProblem, type Problem } from '../api/text/problem.ts';
import type { UserSpec } from '../api/user.ts';

export interface ReadRoster {
  /** Everybody whom the text names, sound or not: whoever is not among them is declared no more. */
  readonly accounts: ReadonlySet<string>;
  /** By account: those that are sound. */
  readonly specs: ReadonlyMap<string, UserSpec>;
  /** What is wrong with single entries. */
  readonly troubles: readonly string[];
  /** Of the text, short enough to be typed. */
  readonly digest: string;
}

/** Undefined, with the problems, for a text that says of nobody for certain that they are declared or not. */
export function rosterOf(
  file: string,
  text: string,
): { readonly roster: ReadRoster } | { readonly problems: readonly Problem[] } {
  const parsed = parseText(file, text);
  const { entries, problems } = readRoster(parsed);
  const [document, second] = parsed.documents;
  const users = isMapping(document?.value) ? document.value['users'] : undefined;
  const isWhole =
    parsed.problems.length === 0 && second === undefined && (isMapping(users) || users === null);
  if (document === undefined || !isWhole) return { problems };
  return {
    roster: {
      accounts: new Set(Object.keys(users ?? {})),
      specs: new Map(entries.map(({ osUser, spec }) => [osUser, spec])),
      troubles: problems.map(printProblem),
      digest: createHash('sha256').update(text).digest('hex').slice(0, 12),
    },
  };
}
