/**
 * The lines of an environment file as systemd reads them (EnvironmentFile= in systemd.exec(5), and `parse_env_file`
 * in src/basic/env-file.c where the manual is silent). Nothing is lost: the texts of the lines, joined, are the file.
 */

interface LineEnd {
  /** As it stands in the file, line break included. */
  readonly text: string;
  /** False only for a last line that the end of the file cuts off. */
  readonly terminated: boolean;
  /**
   * Ends in a live backslash. Of a comment: systemd up to version 253 takes the next line for a part of it, later
   * versions do not. Of an assignment: the file ends there.
   */
  readonly escaped: boolean;
}

export type EnvLine =
  /** A blank, a comment, or a line without "=", which systemd ignores. */
  | ({ readonly kind: 'ignored' } & LineEnd)
  /** May span several physical lines. */
  | ({ readonly kind: 'assignment'; readonly name: string; readonly value: string } & LineEnd)
  /** A quote that is never closed: the rest of the file. */
  | ({ readonly kind: 'unclosed'; readonly name: string } & LineEnd);

const IGNORED = /(?:[ \t]*[#;][^\r\n]*|[^=\r\n]*|[ \t]*=[^=\r\n]*)(\r\n?|\n|$)/y;
const NAME = /[ \t]*([^ \t\r\n#;][^=\r\n]*)=/y;
const QUOTED = /[ \t]*(?:'([^']*)'|"((?:\\[^]|[^"\\])*)")/y;
const UNQUOTED = /[ \t]*(?![ \t"'])((?:\\[^]|[^\\\r\n])*)(\\$|\r\n?|\n|$)/y;

export function parseLines(text: string): EnvLine[] {
  const lines: EnvLine[] = [];
  for (let at = 0; at < text.length;) {
    const line = ignoredAt(text, at) ?? assignmentAt(text, at);
    lines.push(line);
    at += line.text.length;
  }
  return lines;
}

function ignoredAt(text: string, at: number): EnvLine | undefined {
  const found = match(IGNORED, text, at);
  if (!found) return undefined;
  const [whole, lineBreak = ''] = found;
  const content = whole.slice(0, whole.length - lineBreak.length);
  return {
    kind: 'ignored',
    text: whole,
    terminated: lineBreak !== '',
    // Of "\r\n" a backslash escapes only the first half, and the second still ends the line.
    escaped: /^[ \t]*[#;]/.test(content) && endsInBackslash(content) && lineBreak !== '\r\n',
  };
}

function assignmentAt(text: string, start: number): EnvLine {
  const named = match(NAME, text, start);
  if (!named) throw new Error('an environment line is neither ignored nor an assignment');
  const name = trimBlanks(named[1] ?? '');
  let at = start + named[0].length;
  let value = '';
  for (let part = match(QUOTED, text, at); part; part = match(QUOTED, text, at)) {
    value += part[1] ?? unescapeQuoted(part[2] ?? '');
    at += part[0].length;
  }
  const rest = match(UNQUOTED, text, at);
  if (!rest) return { kind: 'unclosed', name, text: text.slice(start), terminated: false, escaped: false };
  const [whole, raw = '', end = ''] = rest;
  return {
    kind: 'assignment',
    name,
    // What stands before a backslash at the very end is kept, blanks and all.
    value: value + unescapeUnquoted(end === '\\' ? raw : withoutTrailingBlanks(raw)),
    text: text.slice(start, at + whole.length),
    terminated: end !== '' && end !== '\\',
    escaped: end === '\\',
  };
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Between double quotes a backslash escapes only these four, and joins lines. */
function unescapeQuoted(raw: string): string {
  return raw.replace(/\\(["\\`$])|\\\n/g, '$1');
}

function unescapeUnquoted(raw: string): string {
  return raw.replace(/\\([^])/g, (_, escaped: string) => (/[\r\n]/.test(escaped) ? '' : escaped));
}

/** An escaped blank at the end belongs to the value. */
function withoutTrailingBlanks(raw: string): string {
  const trimmed = trimBlanks(raw);
  return trimmed.length < raw.length && endsInBackslash(trimmed) ? raw.slice(0, trimmed.length + 1) : trimmed;
}

function trimBlanks(text: string): string {
  return text.slice(0, text.length - trailing(text, ' \t'));
}

function endsInBackslash(text: string): boolean {
  return trailing(text, '\\') % 2 === 1;
}

/** How many of the characters stand at the end. A pattern would look at each long run inside the text again and again. */
function trailing(text: string, characters: string): number {
  let start = text.length;
  while (start > 0 && characters.includes(text.charAt(start - 1))) start -= 1;
  return text.length - start;
}
