/** What is wrong with a text, and where. */
import { escapeControls } from './show.ts';

export interface Problem {
  readonly file: string;
  /** Counted from 1, as editors do; left out when the whole file is meant. */
  readonly line?: number;
  /** Counted from 1, in UTF-16 units. */
  readonly column?: number;
  /** What was found, what to do; one line without control characters, no trailing period. */
  readonly message: string;
  /** Whom alone it concerns; left out when it may concern all that the file declares. */
  readonly about?: Subject;
}

/** What a declaration is of, as far as its text says so; none of the names need be valid. */
export type Subject =
  | { readonly kind: 'workstation' }
  /** An entry of a roster: its object gets its name later. */
  | { readonly kind: 'entry'; readonly osUser: string }
  | { readonly kind: 'user'; readonly name: string; readonly osUser?: string };

/** `file:line:column: message`, as compilers print it. */
export function printProblem(problem: Problem): string {
  return `${printPlace(problem)}: ${problem.message}`;
}

export function printPlace({ file, line, column }: Problem): string {
  const place = line === undefined ? '' : `:${line}:${column ?? 1}`;
  return `${escapeControls(file)}${place}`;
}

/** In the order of the text; what is said twice of one place is said once. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const unique = new Map(problems.map((problem) => [printProblem(problem), problem]));
  return [...unique.values()].sort(
    (a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
}
