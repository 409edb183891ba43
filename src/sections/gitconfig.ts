/**
 * What a repository's configuration file says, read without git: git-config(1), "Configuration file", "Syntax".
 *
 * - Takes any text, in time linear in its length, and stops at the first line for which git would refuse the file.
 * - Includes are not followed: only what the file itself says counts.
 */

/** One variable: `section.key` or `section.subsection.key`. */
export interface GitVariable {
  /** Lower-case. */
  readonly section: string;
  /** As written, or undefined without one. */
  readonly subsection: string | undefined;
  /** Lower-case. */
  readonly key: string;
  /** Unquoted; `true` for a key without a value. */
  readonly value: string;
}

export interface GitConfig {
  /** By name; the first URL is the one that is fetched. */
  readonly remotes: ReadonlyMap<string, { readonly urls: readonly string[] }>;
  /** By local branch: the remote it tracks, and the ref there, e.g. `refs/heads/main`. What is said last holds. */
  readonly branches: ReadonlyMap<string, { readonly remote?: string; readonly merge?: string }>;
}

export function parseGitConfig(text: string): GitConfig {
  const remotes = new Map<string, { urls: string[] }>();
  const branches = new Map<string, { remote?: string; merge?: string }>();
  for (const { section, subsection, key, value } of parseGitVariables(text)) {
    if (subsection === undefined) continue;
    if (section === 'remote') {
      const remote = remotes.get(subsection) ?? { urls: [] };
      remotes.set(subsection, remote);
      if (key === 'url') remote.urls.push(value);
    }
    if (section === 'branch' && (key === 'remote' || key === 'merge')) {
      branches.set(subsection, { ...branches.get(subsection), [key]: value });
    }
  }
  return { remotes, branches };
}

/** Every variable, in the order of the file. */
export function parseGitVariables(text: string): GitVariable[] {
  const source = new Source(text.replace(/^\uFEFF/, ''));
  const variables: GitVariable[] = [];
  let section: Section | undefined;
  for (source.take(FILLING); !source.isAtEnd; source.take(FILLING)) {
    const header = source.take(HEADER);
    if (header !== undefined) {
      section = sectionOf(header);
      continue;
    }
    const key = source.take(KEY)?.[1]?.toLowerCase();
    const value = key === undefined ? undefined : readValue(source);
    if (section === undefined || key === undefined || value === undefined) break;
    variables.push({ ...section, key, value });
  }
  return variables;
}

/** What may stand between headers and variables: space, line ends, comments. */
const FILLING = /(?:[ \t\r\n]+|[#;][^\n]*)*/y;
const HEADER = /\[(?:([A-Za-z0-9.-]+)|([A-Za-z0-9.-]+)[ \t]+"((?:[^"\\\n]|\\[^\n])*)")\]/y;
const KEY = /([A-Za-z][A-Za-z0-9-]*)[ \t]*/y;
const EQUALS = /=/y;
const END_OF_LINE = /\r?\n|$/y;

type Section = Pick<GitVariable, 'section' | 'subsection'>;

/** `[name "sub"]`, `[name]`, or the old `[name.sub]`, of which git drops the case. */
function sectionOf([, plain = '', name, quoted = '']: RegExpExecArray): Section {
  if (name !== undefined) {
    return { section: name.toLowerCase(), subsection: quoted.replaceAll(/\\(.)/g, '$1') };
  }
  const [section = '', ...subsection] = plain.toLowerCase().split('.');
  return { section, subsection: subsection.length === 0 ? undefined : subsection.join('.') };
}

const SPACE = /(?:[ \t]|\r(?!\n))+/y;
const COMMENT = /[#;][^\n]*/y;
const QUOTE = /"/y;
const CONTINUATION = /\\(?:\r?\n|$)/y;
const ESCAPE = /\\([tnb\\"])/y;
const PLAIN = /[^ \t\r\n"\\#;]+/y;
const QUOTED = /[^"\\\n]+/y;

/** What follows a key; undefined where git would refuse it: an open quote, an unknown escape, no equals sign. */
function readValue(source: Source): string | undefined {
  if (source.take(EQUALS) === undefined) return source.take(END_OF_LINE) === undefined ? undefined : 'true';
  let value = '';
  let isQuoted = false;
  for (;;) {
    const space = isQuoted ? '' : (source.take(SPACE)?.[0] ?? '');
    if (!isQuoted) source.take(COMMENT);
    if (source.take(END_OF_LINE) !== undefined) return isQuoted ? undefined : value;
    // Space before the first and after the last character is not part of the value.
    if (value !== '') value += space;
    if (source.take(QUOTE) !== undefined) isQuoted = !isQuoted;
    else if (source.take(CONTINUATION) === undefined) {
      const characters = source.take(isQuoted ? QUOTED : PLAIN)?.[0] ?? escaped(source.take(ESCAPE)?.[1]);
      if (characters === undefined) return undefined;
      value += characters;
    }
  }
}

const ESCAPED: Readonly<Record<string, string>> = { t: '\t', n: '\n', b: '\b' };

function escaped(letter: string | undefined): string | undefined {
  return letter === undefined ? undefined : (ESCAPED[letter] ?? letter);
}

/** A text, and how far it has been read. */
class Source {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }

  /** Reads what a sticky expression matches here. */
  take(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.#at;
    const match = expression.exec(this.#text);
    if (match === null) return undefined;
    this.#at = expression.lastIndex;
    return match;
  }
}
