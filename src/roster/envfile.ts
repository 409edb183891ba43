/**
 * Environment files of systemd units, edited in place: whatever is not asked to change stays byte for byte, comments,
 * stray lines, CRLF and a missing last line break included. What is written reads the same in every systemd.
 */
import { parseLines, type EnvLine } from './envlines.ts';

/** What systemd would set a variable to. */
export type Reading =
  | { readonly kind: 'absent' }
  | { readonly kind: 'value'; readonly value: string }
  /** Versions of systemd read the file differently, or an open quote swallows the rest of it. */
  | { readonly kind: 'ambiguous' };

/** The message names variables and lines, never values. */
export class EnvFileError extends Error {
  override readonly name = 'EnvFileError';
}

/** The value of a variable; of several assignments the last one, as systemd and a shell take it. */
export function readVariable(text: string, name: string): Reading {
  const lines = parseLines(text);
  const named = lines.flatMap((line, index) => ('name' in line && line.name === name ? [index] : []));
  const line = lines[named.at(-1) ?? -1];
  if (text.includes('\0')) return { kind: 'ambiguous' };
  if (line === undefined) return { kind: 'absent' };
  const unsure = named.some((index) => lines[index - 1]?.escaped === true);
  return line.kind === 'assignment' && !unsure ? { kind: 'value', value: line.value } : { kind: 'ambiguous' };
}

/**
 * The text with each of `variables` assigned exactly once and those of `unset` not at all. A variable keeps the place
 * of its last assignment, and the line itself where the value is right already; new ones come last, in the order given.
 * @throws EnvFileError for a value of more than one line, a quote that is never closed, or a NUL
 */
export function setVariables(
  text: string,
  variables: Readonly<Record<string, string>>,
  unset: readonly string[],
): string {
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  const assignments = new Map(
    Object.entries(variables).map(([name, value]) => [name, printAssignment(name, value)]),
  );
  const lines = checkedLines(text);
  const lastOf = new Map(lines.map((line, index) => [nameOf(line), index]));
  const kept = lines
    .map((line, index) => {
      const name = nameOf(line);
      const shield = endOf(lines[index - 1], lineBreak);
      const assignment = name === undefined ? undefined : assignments.get(name);
      if (assignment === undefined) return name !== undefined && unset.includes(name) ? shield : line.text;
      if (lastOf.get(name) !== index) return shield;
      return shield === '' && isValue(line, variables) ? line.text : shield + assignment + lineBreak;
    })
    .join('');
  const added = [...assignments]
    .filter(([name]) => !lastOf.has(name))
    .map(([, assignment]) => assignment + lineBreak);
  return added.length === 0 ? kept : kept + endOf(parseLines(kept).at(-1), lineBreak) + added.join('');
}

/** `NAME=value`, quoted where systemd or a shell that sources the file would read the bare value differently. */
function printAssignment(name: string, value: string): string {
  if (/[\n\r\0]/.test(value) || !value.isWellFormed()) {
    throw new EnvFileError(
      `set ${name} in an environment file: its value is no single line of text: remove line breaks and NULs`,
    );
  }
  const plain = /^[\w@%+=:,./-]*$/.test(value);
  return `${name}=${plain ? value : `"${value.replace(/["\\`$]/g, '\\$&')}"`}`;
}

function checkedLines(text: string): EnvLine[] {
  const lines = parseLines(text);
  const unclosed = lines.find((line) => line.kind === 'unclosed');
  if (unclosed) {
    throw new EnvFileError(
      `edit an environment file: the quote of ${unclosed.name} is never closed: close it`,
    );
  }
  if (text.includes('\0')) {
    throw new EnvFileError('edit an environment file: it holds a NUL, so systemd refuses it: remove the NUL');
  }
  return lines;
}

function nameOf(line: EnvLine): string | undefined {
  return line.kind === 'assignment' ? line.name : undefined;
}

function isValue(line: EnvLine, variables: Readonly<Record<string, string>>): boolean {
  return line.kind === 'assignment' && line.value === variables[line.name];
}

/** What must follow a line before another can begin, for every version of systemd. */
function endOf(line: EnvLine | undefined, lineBreak: string): string {
  if (line === undefined) return '';
  return (line.terminated ? '' : lineBreak) + (line.escaped ? lineBreak : '');
}
