/** Says what is wrong with what was loaded, to a person at a terminal with the lines that are meant. */
import { printProblem } from '../api/text/problem.ts';
import type { Input } from '../source/files/load.ts';
import type { Io } from './io.ts';
import { printProblems } from './print/problems.ts';
import { chooseStyle } from './print/style.ts';

/** Whether there are problems; warnings are only said. */
export function hasTrouble(io: Io, { problems, warnings, texts }: Input): boolean {
  for (const warning of warnings) io.err(`warning: ${printProblem(warning)}\n`);
  const excerpts = io.isTerminal ? { texts, columns: io.columns } : undefined;
  io.err(printProblems(problems, chooseStyle(io.isTerminal, io.env), excerpts));
  return problems.length > 0;
}
