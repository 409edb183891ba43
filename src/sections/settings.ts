/**
 * Additive merges into a person's JSON files. Text is edited in place: formatting, comments, the order of keys and
 * numbers of any size stay as they are, and nothing that is there is ever changed.
 */
import type { Node } from 'jsonc-parser';
import { selects, type Settings } from '../api/workstation/index.ts';
import type { HomeAction } from './action.ts';
import { at, expandFor, hasPorts, inHome, octal, onlyTrouble, planEach, refused } from './common.ts';
import { beforeOf, cannotReplace } from './existing.ts';
import type { Entry } from './facts.ts';
import { follow, insert, parseDocument, type JsonDocument } from './insertion.ts';
import { pathOf } from './json.ts';
import { lately } from './lately.ts';
import type { Facts, Person, Section, SectionPlan } from './section.ts';

export const settings: Section = {
  name: 'settings',
  condition: 'FilesReady',
  applies: (person) => settingsOf(person).length > 0,
  probes: (person) => ({
    home: settingsOf(person)
      .filter((declared) => hasPorts(person, declared))
      .map(({ path }) => ({ path: inHome(person, path), read: 'text' })),
  }),
  plan: (person, facts) =>
    planEach(person, settingsOf(person), (declared) => planSettings(person, facts, declared)),
};

const documentOf = lately(parseDocument);

function settingsOf(person: Person): Settings[] {
  return person.policy.settings.filter((declared) => selects(declared, person.spec.tier));
}

function planSettings(person: Person, facts: Facts, declared: Settings): SectionPlan {
  const path = inHome(person, declared.path);
  const attempt = `merge ${declared.name}`;
  const entry = at(facts.home, path);
  const trouble = cannotReplace(attempt, path, entry);
  if (trouble !== undefined) return onlyTrouble(trouble);
  const document = documentOf(entry.kind === 'file' ? (entry.text ?? '') : '');
  if (document === undefined) {
    return onlyTrouble(refused('InvalidJSON', `${attempt}: ${path} is no valid JSON object: correct it`));
  }
  const merged = merge(person, declared, document);
  if ('pointer' in merged) {
    return onlyTrouble(
      refused('WrongType', `${attempt}: ${path} cannot have an array at ${merged.pointer}: correct it`),
    );
  }
  return {
    actions: actionsFor(declared, path, entry, merged.text),
    troubles: [],
    notes: notesFor(declared, path, merged),
  };
}

/** The document with everything declared in it, or the pointer at which something else than an array stands. */
function merge(
  person: Person,
  { set = {}, elements }: Settings,
  before: JsonDocument,
): JsonDocument | { readonly pointer: string } {
  let document = before;
  for (const [path, value] of leaves(expandStrings(person, set), [])) {
    const { node, rest } = follow(document, path);
    if (rest.length > 0 && node.type === 'object') document = add(document, node, rest, value);
  }
  for (const { pointer, unlessContains, value } of elements) {
    const { node, rest } = follow(document, pathOf(pointer));
    if (node.type !== (rest.length > 0 ? 'object' : 'array')) return { pointer };
    if (rest.length === 0 && holdsText(node, expandFor(person, unlessContains))) continue;
    const element = expandStrings(person, value);
    document = rest.length > 0 ? add(document, node, rest, [element]) : insert(document, node, element);
  }
  return document;
}

/** Adds a value below an object, with the objects that are missing on the way to it. */
function add(
  document: JsonDocument,
  into: Node,
  [key = '', ...deeper]: readonly string[],
  value: unknown,
): JsonDocument {
  const nested = deeper.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
  return insert(document, into, nested, key);
}

/** Every member that is no object, with its path: what is added one by one, so that what is there stays. */
function leaves(value: unknown, path: readonly string[]): [string[], unknown][] {
  const isBranch = isObject(value) && Object.keys(value).length > 0;
  if (!isBranch) return path.length === 0 ? [] : [[[...path], value]];
  return Object.entries(value).flatMap(([key, member]) => leaves(member, [...path, key]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether any string in an array or a member of an object contains the text. */
function holdsText({ type, value, children = [] }: Node, text: string): boolean {
  if (type === 'string') return (value as string).includes(text);
  return (type === 'property' ? children.slice(1) : children).some((child) => holdsText(child, text));
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
  const before = beforeOf(entry);
  return [{ kind: 'write-file', path, content: merged, mode, directoryMode: 0o755, before, sensitive: true }];
}

function notesFor(declared: Settings, path: string, document: JsonDocument): string[] {
  return declared.expects
    .filter(({ pointer }) => follow(document, pathOf(pointer)).rest.length > 0)
    .map(({ message }) => `${path}: ${message}`);
}
