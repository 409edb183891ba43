/**
 * roster.yaml: who is on one machine, by Linux account, in snake_case.
 *
 *     users:
 *       emo: { authentik_user: emil, k8s_user: emo, tier: power-user }
 *
 * The rules are those of WorkstationUser, with the same sentences. Unknown keys are warnings, as programs that read the
 * same file may have keys of their own. Nobody at all (`users:` null or empty, an empty file) is a valid roster:
 * whoever acts on it must tell "nobody is left" from "the file is broken".
 */
import { Document, visit } from 'yaml';
import { type Declared, isMapping } from './manifest.ts';
import { objectNamesFor } from './names.ts';
import type { Path, TextDocument } from './text/document.ts';
import { unknownField } from './text/issues.ts';
import { parseText, type ParsedText } from './text/parse.ts';
import { type Problem, sortProblems } from './text/problem.ts';
import { describe, printPath } from './text/show.ts';
import { validate } from './text/validate.ts';
import { API_VERSION, osUserOf, UserSpec, type WorkstationUser } from './user.ts';

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
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** The fields of an entry, and what they are called in a spec. */
const FIELDS: Readonly<Record<string, Exclude<keyof UserSpec, 'osUser'>>> = {
  authentik_user: 'authentikUser',
  k8s_user: 'k8sUser',
  tier: 'tier',
  namespaces: 'namespaces',
  code_layout: 'codeLayout',
  repos: 'repos',
  suspended: 'suspended',
  offboarding: 'offboarding',
  workstation: 'workstation',
};

const KEYS = new Map<PropertyKey, string>(Object.entries(FIELDS).map(([key, field]) => [field, key]));

/** Lists that older rosters write as null for none. */
const NULLABLE = new Set(['namespaces', 'repos']);

export function importRoster(file: string, text: string): Roster {
  return readRoster(parseText(file, text));
}

export function readRoster({ documents, problems }: ParsedText): Roster {
  const [document, second] = documents;
  if (document === undefined || problems.length > 0) return { entries: [], problems, warnings: [] };
  if (second !== undefined) {
    const message =
      'found a second document, a roster must be alone in its file: remove "---" and what follows';
    return { entries: [], problems: [second.problemAt([], message)], warnings: [] };
  }
  const users = usersOf(document);
  if ('problem' in users) return { entries: [], problems: [users.problem], warnings: [] };
  const read = Object.entries(users.members).map(([osUser, value]) => readEntry(document, osUser, value));
  return {
    entries: read.flatMap(({ entries }) => entries),
    problems: sortProblems(read.flatMap(({ problems }) => problems)),
    warnings: sortProblems([
      ...unknownKeys(document, [], Object.keys(document.value as object), ['users']),
      ...read.flatMap(({ warnings }) => warnings),
    ]),
  };
}

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

function readEntry(document: TextDocument, osUser: string, value: unknown): Roster {
  const base = ['users', osUser];
  if (!isMapping(value)) {
    const message = `${printPath(base)}: found ${describe(value)}, must be a mapping with authentik_user, k8s_user and tier`;
    return { entries: [], problems: [document.problemAtKey(base, message)], warnings: [] };
  }
  const warnings = unknownKeys(document, base, Object.keys(value), Object.keys(FIELDS));
  const result = validate(UserSpec, { ...renamed(value), osUser }, document, { base, rename });
  if (!result.ok) return { entries: [], problems: result.problems, warnings };
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

/** Entries as objects. They stand in one machine's file, so their names need to be unique only among themselves. */
export function usersFromRoster(entries: readonly RosterEntry[]): Declared<WorkstationUser>[] {
  const names = objectNamesFor(entries.map(({ osUser }) => osUser));
  return entries.map((entry) => {
    const { osUser } = entry;
    const name = names.get(osUser) ?? osUser;
    const object: WorkstationUser = {
      apiVersion: API_VERSION,
      kind: 'WorkstationUser',
      metadata: { name },
      spec: { ...(name === osUser ? {} : { osUser }), ...entry.spec },
    };
    return { object, file: entry.file, problem: (path, message) => entry.problem(pathInSpec(path), message) };
  });
}

/** A path of the object as one of the spec: `metadata` stands for the account. */
function pathInSpec([top, ...below]: Path): Path {
  if (top === 'spec') return below;
  return top === undefined ? [] : ['osUser'];
}

/**
 * The users of one machine as the text of a roster: what `usersFromRoster` makes of it again are the same users, under
 * the names it chooses. Their accounts must be unique, as `catalog` makes sure.
 */
export function exportRoster(users: readonly WorkstationUser[]): string {
  const document = new Document({
    users: Object.fromEntries(users.map((user) => [osUserOf(user), entryOf(user)])),
  });
  visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value === 'string' && !isPlain(node.value)) node.type = 'QUOTE_DOUBLE';
    },
    Map: (key, node) => {
      if (key === 'value' && node.items.length === 0) node.flow = true;
    },
    Seq: (_, node) => {
      node.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** The fields of an entry, without those that say the default. */
function entryOf({ spec }: WorkstationUser): Record<string, unknown> {
  const entries = Object.entries(FIELDS).map(([key, field]) => [key, spec[field]] as const);
  return Object.fromEntries(
    entries.filter(([key, value]) => value !== undefined && value !== DEFAULTS[key] && !isEmptyList(value)),
  );
}

const DEFAULTS: Readonly<Record<string, unknown>> = {
  code_layout: 'single',
  suspended: false,
  offboarding: 'Retain',
};

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** Whether YAML 1.1 and 1.2 both take the text for text without quotes. */
function isPlain(text: string): boolean {
  return (
    /^[A-Za-z_][A-Za-z0-9_.@-]*$/.test(text) && !/^(y|n|yes|no|on|off|true|false|null|_|e[0-9]+)$/i.test(text)
  );
}
