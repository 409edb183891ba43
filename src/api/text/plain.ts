/**
 * Syntax trees as plain values: what JSON can say, and nothing that one cannot see in the text itself. So there are no
 * anchors and aliases, no tags, no merge keys, no keys but text, no key twice.
 */
import { isAlias, isMap, isScalar, isSeq, type Pair, type ParsedNode, type Scalar, type YAMLMap } from 'yaml';
import { quote } from './show.ts';
import type { Fault } from './syntax.ts';

export function plainValue(root: ParsedNode | null): { readonly value: unknown; readonly faults: Fault[] } {
  const faults: Fault[] = [];
  return { value: convert(root, faults), faults };
}

function convert(node: unknown, faults: Fault[]): unknown {
  if (isAlias(node)) {
    return refuse(
      node,
      faults,
      `found the alias ${quote(node.source)}, which is not taken here: write the value again`,
    );
  }
  if (isScalar(node) || isMap(node) || isSeq(node)) refuseProperties(node, faults);
  if (isMap(node)) return mapping(node, faults);
  if (isSeq(node)) return node.items.map((item) => convert(item, faults));
  return isScalar(node) ? scalar(node, faults) : null;
}

function refuseProperties(node: Scalar | YAMLMap | { anchor?: string; tag?: string }, faults: Fault[]): void {
  if (node.anchor !== undefined) {
    refuse(node, faults, `found the anchor ${quote(node.anchor)}, which is not taken here: remove it`);
  }
  if (node.tag !== undefined) {
    refuse(node, faults, `found the tag ${quote(node.tag)}, which is not taken here: remove it`);
  }
}

function scalar(node: Scalar, faults: Fault[]): unknown {
  const { value } = node;
  if (typeof value === 'number' && !isExact(value, node.source ?? '')) {
    return refuse(node, faults, `found the number ${node.source}, which cannot be kept exactly: quote it`);
  }
  if (typeof value === 'string' && !value.isWellFormed()) {
    return refuse(node, faults, 'found half of a character (a lone surrogate): write the whole character');
  }
  return value;
}

/** Whether a number is one for every program that reads it: finite, and a whole number only with all its digits. */
function isExact(value: number, source: string): boolean {
  return Number.isFinite(value) && (Number.isSafeInteger(value) || /[.eE]/.test(source));
}

function mapping({ items }: YAMLMap, faults: Fault[]): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const pair of items) {
    const key = keyOf(pair, faults);
    const member = convert(pair.value, faults);
    if (key === undefined) continue;
    if (Object.hasOwn(value, key)) {
      refuse(pair.key, faults, `found the key ${quote(key)} a second time: remove one`);
    } else {
      value[key] = member;
    }
  }
  return value;
}

function keyOf({ key }: Pair, faults: Fault[]): string | undefined {
  if (!isScalar(key)) {
    refuse(key, faults, 'found a list, mapping or alias as a key: a key must be text');
    return undefined;
  }
  refuseProperties(key, faults);
  if (key.value === '<<' && key.type === 'PLAIN') {
    refuse(key, faults, 'found the merge key "<<", which is not taken here: write the members out');
    return undefined;
  }
  if (typeof key.value !== 'string') {
    refuse(key, faults, `found ${key.source || 'nothing'} as a key, must be text: quote it`);
    return undefined;
  }
  if (key.value === '__proto__') {
    refuse(key, faults, 'found the key "__proto__", which no program can keep: rename it');
    return undefined;
  }
  return scalar(key, faults) === undefined ? undefined : key.value;
}

function refuse(node: unknown, faults: Fault[], message: string): undefined {
  const range = (node as { range?: readonly number[] | null } | null)?.range;
  faults.push({ offset: range?.[0] ?? 0, message });
  return undefined;
}
