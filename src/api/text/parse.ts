/**
 * Text with one or more YAML or JSON documents, as values that know their places. All problems are found at once, and
 * no text, however hostile, throws or takes more than seconds.
 */
import { TextDocument } from './document.ts';
import { Lines } from './lines.ts';
import { plainValue } from './plain.ts';
import { type Problem, sortProblems } from './problem.ts';
import { type Fault, readSyntax } from './syntax.ts';

export interface ParsedText {
  /** The sound documents; empty ones (only comments, or nothing between two `---`) are left out. */
  readonly documents: readonly TextDocument[];
  readonly problems: readonly Problem[];
}

export function parseText(file: string, text: string): ParsedText {
  const lines = new Lines(text);
  const problemOf = ({ offset, message }: Fault): Problem => ({ file, ...lines.placeOf(offset), message });
  const control = text.search(CONTROL);
  if (control !== -1) return { documents: [], problems: [problemOf(controlCharacter(text, control))] };

  const documents: TextDocument[] = [];
  const problems: Problem[] = [];
  for (const { contents, faults: syntaxFaults } of readSyntax(text)) {
    const { value, faults } = plainValue(contents);
    problems.push(...[...syntaxFaults, ...faults].slice(0, MOST_PROBLEMS).map(problemOf));
    if (syntaxFaults.length + faults.length > 0 || value === null) continue;
    documents.push(new TextDocument(file, value, contents, lines));
  }
  return { documents, problems: sortProblems(problems) };
}

/** More problems than this of one document help nobody. */
const MOST_PROBLEMS = 100;

/** What YAML 1.2 calls not printable, below U+0080. */
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/;

function controlCharacter(text: string, offset: number): Fault {
  const code = text.charCodeAt(offset).toString(16).padStart(2, '0');
  const name = code === '00' ? 'a NUL byte' : `the control character \\x${code}`;
  return { offset, message: `found ${name}: remove it, or write it as an escape in double quotes` };
}
