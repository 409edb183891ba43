/**
 * Environment files of systemd units, edited in place: whatever is not asked to change stays byte for byte, comments,
 * stray lines, CRLF and a missing last line break included. What is written reads the same in every systemd.
 */
import { parseLines, type EnvLine } from './envlines.ts';

/** What systemd would set a variable to. */
export type Reading =
  | { readonly kind: 'absent' }
  | { readonly kind: 'value'; readonly value: string }
  /** Nobody can say, whatever variable is asked for; `doubt` says what was found and what to do. */
  | { readonly kind: 'ambiguous'; readonly doubt: string };

/** The message names variables, never values. */
export class EnvFileError extends Error {
  override readonly name = 'EnvFileError';
}

/** The value of a variable; of several assignments the last one, as systemd and a shell take it. */
export function readVariable(text: string, name: string): Reading {
  const lines = parseLines(text);
  const doubt = doubtIn(text, lines);
  if (doubt !== undefined) return { kind: 'ambiguous', doubt };
  const line = lines.findLast((candidate) => nameOf(candidate) === name);
  return line?.kind === 'assignment' ? { kind: 'value', value: line.value } : { kind: 'absent' };
}

/**
 * The text with each of `variables` assigned exactly once and those of `unset` not at all. A variable keeps the place
 * of its last assignment, and the line itself where the value is right already; new ones come last, in the order given.
 * @throws EnvFileError for a value of more than one line, and for a text that cannot be read for certain
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
  const lines = certainLines(text);
  const lastOf = new Map(lines.map((line, index) => [nameOf(line), index]));
  const kept = lines.filter((line, index) => {
    const name = nameOf(line) ?? '';
    return assignments.has(name) ? lastOf.get(name) === index : !unset.includes(name);
  });
  const body = kept
    .map((line) => {
      const assignment = assignments.get(nameOf(line) ?? '');
      return assignment === undefined || isRight(line, variables) ? line.text : assignment + lineBreak;
    })
    .join('');
  const added = [...assignments].filter(([name]) => !lastOf.has(name)).map(([, line]) => line + lineBreak);
  return added.length === 0 ? body : closed(body, lineBreak) + added.join('');
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

function certainLines(text: string): EnvLine[] {
  const lines = parseLines(text);
  const doubt = doubtIn(text, lines);
  if (doubt !== undefined) throw new EnvFileError(`edit an environment file: ${doubt}`);
  return lines;
}

/** Why versions of systemd, or systemd and whoever wrote the file, may read it differently. */
function doubtIn(text: string, lines: readonly EnvLine[]): string | undefined {
  if (text.includes('\0')) return 'it holds a NUL, so systemd refuses it: remove the NUL';
  const unclosed = lines.find((line) => line.kind === 'unclosed');
  if (unclosed) return `the quote of ${unclosed.name} is never closed: close it`;
  return lines.some((line) => line.kind === 'ignored' && line.escaped)
    ? 'a comment ends in a backslash, which versions of systemd read differently: remove the backslash'
    : undefined;
}

function nameOf(line: EnvLine): string | undefined {
  return line.kind === 'assignment' ? line.name : undefined;
}

function isRight(line: EnvLine, variables: Readonly<Record<string, string>>): boolean {
  return line.kind === 'assignment' && line.value === variables[line.name];
}

/** The text with its last line brought to an end, so that another can follow. */
function closed(text: string, lineBreak: string): string {
  const last = parseLines(text).at(-1);
  if (last === undefined || last.terminated) return text;
  return text + lineBreak + (last.escaped ? lineBreak : '');
}
