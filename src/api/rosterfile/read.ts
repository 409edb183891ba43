/** Rosters in: text becomes entries, every problem at its place. */
import { isMapping } from '../text/json.ts';
import type { Path, TextDocument } from '../text/document.ts';
import { unknownField } from '../text/issues.ts';
import { type ParsedText, parseText } from '../text/parse.ts';
import { type Problem, sortProblems, type Subject } from '../text/problem.ts';
import { describe, printPath } from '../text/show.ts';
import { validate } from '../text/validate.ts';
import { UserSpec } from '../user.ts';
import { FIELDS } from './fields.ts';

/** One entry of a roster. The spec has no `osUser`: that is the key of the entry. */
export interface RosterEntry {
  readonly osUser: string;
  readonly spec: UserSpec;
  readonly file: string;
  /** A problem of the entry; the path is that of the field in the spec. */
  problem(path: Path, message: string): Problem;
}

export interface Roster {
  /** The sound entries, in the order of the file. */
  readonly entries: readonly RosterEntry[];
  /** The keys of all entries, sound or not, in the order of the file. */
  readonly accounts: readonly string[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

export function importRoster(file: string, text: string): Roster {
  return readRoster(parseText(file, text));
}

export function readRoster({ documents, problems }: ParsedText): Roster {
  const [document, second] = documents;
  if (document === undefined || problems.length > 0) return { ...NOTHING, problems };
  if (second !== undefined) {
    const message =
      'found a second document, a roster must be alone in its file: remove "---" and what follows';
    return { ...NOTHING, problems: [second.problemAt([], message)] };
  }
  const users = usersOf(document);
  if ('problem' in users) return { ...NOTHING, problems: [users.problem] };
  const read = Object.entries(users.members).map(([osUser, value]) => readEntry(document, osUser, value));
  return {
    entries: read.flatMap(({ entries }) => entries),
    accounts: Object.keys(users.members),
    problems: sortProblems(read.flatMap(({ problems }) => problems)),
    warnings: sortProblems([
      ...unknownKeys(document, [], Object.keys(document.value as object), ['users']),
      ...read.flatMap(({ warnings }) => warnings),
    ]),
  };
}

const NOTHING: Roster = { entries: [], accounts: [], problems: [], warnings: [] };

const KEYS = new Map<PropertyKey, string>(Object.entries(FIELDS).map(([key, field]) => [field, key]));

/** Lists that older rosters write as null for none. */
const NULLABLE = new Set(['namespaces', 'repos']);

function usersOf(document: TextDocument): { members: Record<string, unknown> } | { problem: Problem } {
  const { value } = document;
  if (!isMapping(value)) {
    return {
      problem: document.problemAt([], `found ${describe(value)}, must be a mapping with the key users`),
    };
  }
  const { users } = value;
  if (users === null) return { members: {} };
  if (isMapping(users)) return { members: users };
  const found = users === undefined ? 'missing' : `found ${describe(users)}`;
  return {
    problem: document.problemAt(
      ['users'],
      `users: ${found}, must be a mapping of accounts: write {} for nobody`,
    ),
  };
}

function readEntry(document: TextDocument, osUser: string, value: unknown): Omit<Roster, 'accounts'> {
  const base = ['users', osUser];
  const about: Subject = { kind: 'entry', osUser };
  if (!isMapping(value)) {
    const message = `${printPath(base)}: found ${describe(value)}, must be a mapping with authentik_user, k8s_user and tier`;
    return { entries: [], problems: [{ ...document.problemAtKey(base, message), about }], warnings: [] };
  }
  const warnings = unknownKeys(document, base, Object.keys(value), Object.keys(FIELDS));
  const result = validate(UserSpec, { ...renamed(value), osUser }, document, { base, rename });
  if (!result.ok) {
    return { entries: [], problems: result.problems.map((problem) => ({ ...problem, about })), warnings };
  }
  const { osUser: _, ...spec } = result.value;
  const problem = (path: Path, message: string) => problemOf(document, base, path, message);
  return { entries: [{ osUser, spec, file: document.file, problem }], problems: [], warnings };
}

function renamed(value: Record<string, unknown>): Record<string, unknown> {
  const known = Object.entries(value).flatMap(([key, member]) => {
    const field = Object.hasOwn(FIELDS, key) ? FIELDS[key] : undefined;
    return field === undefined || (member === null && NULLABLE.has(key)) ? [] : [[field, member] as const];
  });
  return Object.fromEntries(known);
}

function rename([field, ...below]: Path): { path: Path; isKey: boolean } {
  if (field === 'osUser') return { path: [], isKey: true };
  const key = field === undefined ? undefined : (KEYS.get(field) ?? field);
  return { path: key === undefined ? [] : [key, ...below], isKey: false };
}

function problemOf(document: TextDocument, base: Path, path: Path, message: string): Problem {
  const { path: below, isKey } = rename(path);
  const whole = [...base, ...below];
  const sentence = `${printPath(whole)}: ${message}`;
  return isKey || below.length === 0
    ? document.problemAtKey(whole, sentence)
    : document.problemAt(whole, sentence);
}

function unknownKeys(document: TextDocument, base: Path, keys: string[], known: string[]): Problem[] {
  return keys
    .filter((key) => !known.includes(key))
    .map((key) => {
      const path = [...base, key];
      return document.problemAtKey(path, `${printPath(path)}: ignored, ${unknownField(key, known)}`);
    });
}
