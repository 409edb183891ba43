/** What is wrong with the input: one line each, and for a person at a terminal the line that is meant. */
import { printProblem, type Problem } from '../../api/text/problem.ts';
import { escapeControls } from '../../api/text/show.ts';
import type { Style } from './style.ts';
import { cutTo, widthOf } from './width.ts';

export interface Excerpts {
  /** The texts of the files by the names that the problems have for them. */
  readonly texts: ReadonlyMap<string, string>;
  /** Columns of the terminal. */
  readonly columns: number;
}

/** Spaces before an excerpt. */
const INDENT = 4;
/** Cells of the line that stay to the left of the caret at least, where a line is too long to be shown whole. */
const CONTEXT = 20;

/** Ends with a newline unless there are none. Without `excerpts` only the lines that other programs can parse. */
export function printProblems(problems: readonly Problem[], style: Style, excerpts?: Excerpts): string {
  return problems
    .flatMap((problem) => [
      style.strong(printProblem(problem)),
      ...(excerpts === undefined ? [] : excerptOf(problem, excerpts, style)),
    ])
    .map((line) => `${line}\n`)
    .join('');
}

/** The line with a caret under the place; none where no line is meant or the text is not at hand. */
function excerptOf(
  { file, line, column = 1 }: Problem,
  { texts, columns }: Excerpts,
  style: Style,
): string[] {
  const text = line === undefined ? undefined : texts.get(file)?.split(/\r?\n/)[line - 1];
  if (text === undefined || text.trim() === '') return [];
  const room = Math.max(2 * CONTEXT, columns - INDENT);
  const start = column > room - CONTEXT ? column - 1 - CONTEXT : 0;
  const left = start > 0 ? '…' : '';
  const before = left + printableLine(text.slice(start, column - 1));
  const shown = cutTo(before + printableLine(text.slice(column - 1, column - 1 + room)), room);
  const margin = ' '.repeat(INDENT);
  return [margin + shown, `${margin}${' '.repeat(widthOf(before))}${style.removed('^')}`];
}

/** A tab takes one cell, so that the caret stands right whatever the terminal's tab stops are. */
function printableLine(text: string): string {
  return escapeControls(text.replaceAll('\t', ' '));
}
