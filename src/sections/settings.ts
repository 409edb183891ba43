/**
 * Additive merges into a person's JSON files. Text is edited in place: formatting, comments, the order of keys and
 * numbers of any size stay as they are, and nothing that is there is ever changed.
 */
import { applyEdits, modify, parse, type JSONPath, type ParseError } from 'jsonc-parser';
import { selects, type Settings } from '../api/workstation/index.ts';
import type { HomeAction } from './action.ts';
import { at, expandFor, inHome, joined, octal, onlyTrouble, refused } from './common.ts';
import { inTheWay } from './existing.ts';
import type { Entry } from './facts.ts';
import { pathOf } from './json.ts';
import type { Facts, Person, Section, SectionPlan } from './section.ts';

export const settings: Section = {
  name: 'settings',
  condition: 'FilesReady',
  applies: (person) => settingsOf(person).length > 0,
  probes: (person) => ({
    home: settingsOf(person).map(({ path }) => ({ path: inHome(person, path), read: 'text' })),
  }),
  plan: (person, facts) =>
    joined(settingsOf(person).map((declared) => planSettings(person, facts, declared))),
};

function settingsOf(person: Person): Settings[] {
  return person.policy.settings.filter((declared) => selects(declared, person.spec.tier));
}

function planSettings(person: Person, facts: Facts, declared: Settings): SectionPlan {
  const path = inHome(person, declared.path);
  const attempt = `merge ${declared.name}`;
  const entry = at(facts.home, path);
  if (entry.kind !== 'file' && entry.kind !== 'absent') return onlyTrouble(inTheWay(attempt, path, entry));
  const before = entry.kind === 'file' ? (entry.text ?? '') : '';
  const document = parseObject(before);
  if (document === undefined) {
    return onlyTrouble(refused('InvalidJSON', `${attempt}: ${path} is no valid JSON object: correct it`));
  }
  if (entry.kind === 'file' && entry.links > 1) {
    return onlyTrouble(
      refused('HardLink', `${attempt}: ${path} has ${entry.links} hard links: replace it by a copy`),
    );
  }
  const merged = merge(person, declared, before);
  if ('pointer' in merged) {
    return onlyTrouble(
      refused('WrongType', `${attempt}: ${path} has no array at ${merged.pointer}: correct it`),
    );
  }
  return {
    actions: actionsFor(declared, path, entry, merged.text),
    troubles: [],
    notes: notesFor(declared, path, merged.document),
  };
}

/** Undefined when the text is no JSON object. An empty text is an empty object. */
function parseObject(text: string): Record<string, unknown> | undefined {
  if (text.trim() === '') return {};
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  if (errors.length > 0 || typeof value !== 'object' || value === null || Array.isArray(value))
    return undefined;
  return value as Record<string, unknown>;
}

/** The text with everything declared in it, or the pointer at which there is something else than an array. */
function merge(person: Person, declared: Settings, before: string): Merged | { pointer: string } {
  let merged = mergedOf(before.trim() === '' ? '{}' : before);
  for (const [path, value] of leaves(expandStrings(person, declared.set ?? {}), [])) {
    if (!exists(merged.document, path)) merged = mergedOf(edit(merged.text, path, value));
  }
  for (const { pointer, unlessContains, value } of declared.elements) {
    const path = pathOf(pointer);
    const found = lookUp(merged.document, path);
    if (found !== undefined && !Array.isArray(found)) return { pointer };
    if (found !== undefined && holdsText(found, expandFor(person, unlessContains))) continue;
    const element = expandStrings(person, value);
    merged = mergedOf(
      found === undefined
        ? edit(merged.text, path, [element])
        : edit(merged.text, [...path, found.length], element),
    );
  }
  return merged;
}

/** A text and what it says. */
interface Merged {
  readonly text: string;
  readonly document: unknown;
}

function mergedOf(text: string): Merged {
  return { text, document: parseObject(text) };
}

function edit(text: string, path: JSONPath, value: unknown): string {
  const formattingOptions = { insertSpaces: true, tabSize: 2 };
  return applyEdits(text, modify(text, path, value, { formattingOptions, isArrayInsertion: true }));
}

/** Every member that is no object, with its path: what is added one by one, so that what is there stays. */
function leaves(value: unknown, path: readonly string[]): [string[], unknown][] {
  const isBranch =
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
  if (!isBranch) return path.length === 0 ? [] : [[[...path], value]];
  return Object.entries(value).flatMap(([key, member]) => leaves(member, [...path, key]));
}

function lookUp(document: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    document,
  );
}

/** Whether the member is there, or a parent of it is something that can have no members. */
function exists(document: unknown, path: readonly string[]): boolean {
  let value = document;
  for (const key of path) {
    if (!isObject(value)) return true;
    if (!Object.hasOwn(value, key)) return false;
    value = value[key];
  }
  return true;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function holdsText(value: unknown, text: string): boolean {
  if (typeof value === 'string') return value.includes(text);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((member) => holdsText(member, text));
}

function expandStrings(person: Person, value: unknown): unknown {
  if (typeof value === 'string') return expandFor(person, value);
  if (Array.isArray(value)) return value.map((member) => expandStrings(person, member));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, expandStrings(person, member)]),
  );
}

function actionsFor(declared: Settings, path: string, entry: Entry, merged: string): HomeAction[] {
  const mode = octal(declared.mode);
  if (entry.kind === 'file' && entry.text === merged) {
    return entry.mode === mode ? [] : [{ kind: 'set-mode', path, mode }];
  }
  const before =
    entry.kind === 'file'
      ? ({ kind: 'text', text: entry.text ?? '' } as const)
      : ({ kind: 'absent' } as const);
  return [{ kind: 'write-file', path, content: merged, mode, directoryMode: 0o755, before, sensitive: true }];
}

function notesFor(declared: Settings, path: string, document: unknown): string[] {
  return declared.expects
    .filter(({ pointer }) => lookUp(document, pathOf(pointer)) === undefined)
    .map(({ message }) => `${path}: ${message}`);
}
