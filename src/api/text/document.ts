/** One document of a text: its value, and where each part of it stands. */
import { isCollection, isMap, isScalar, isSeq, type Node, type ParsedNode } from 'yaml';
import type { Lines, Place } from './lines.ts';
import type { Problem } from './problem.ts';

export type Path = readonly PropertyKey[];

export class TextDocument {
  readonly file: string;
  /** What JSON can say: null, boolean, number, string, array, plain object. */
  readonly value: unknown;
  readonly #root: ParsedNode | null;
  readonly #lines: Lines;

  constructor(file: string, value: unknown, root: ParsedNode | null, lines: Lines) {
    this.file = file;
    this.value = value;
    this.#root = root;
    this.#lines = lines;
  }

  /** The place of the value at a path; of the key of the nearest one above, when there is none. */
  placeOf(path: Path): Place {
    const { node, key, isWhole } = this.#find(path);
    return this.#place(isWhole ? node : (key ?? node));
  }

  /** The place of the key that a path ends with, or of the nearest one above. */
  placeOfKey(path: Path): Place {
    const { node, key } = this.#find(path);
    return this.#place(key ?? node);
  }

  /** A number or boolean as the text spells it, for instance `0644`. */
  sourceOf(path: Path): string | undefined {
    const { node, isWhole } = this.#find(path);
    return isWhole && isScalar(node) ? node.source : undefined;
  }

  problemAt(path: Path, message: string): Problem {
    return { file: this.file, ...this.placeOf(path), message };
  }

  problemAtKey(path: Path, message: string): Problem {
    return { file: this.file, ...this.placeOfKey(path), message };
  }

  #place(node: Node | null): Place {
    return this.#lines.placeOf(node?.range?.[0] ?? 0);
  }

  #find(path: Path): { node: Node | null; key?: Node; isWhole: boolean } {
    let found: { node: Node | null; key?: Node } = { node: this.#root };
    for (const part of path) {
      const next = member(found.node, part);
      if (next === undefined) return { ...found, isWhole: false };
      found = next;
    }
    return { ...found, isWhole: true };
  }
}

function member(node: Node | null, part: PropertyKey): { node: Node | null; key?: Node } | undefined {
  if (!isCollection(node)) return undefined;
  if (isSeq(node)) {
    const item = node.items[Number(part)];
    return item === undefined ? undefined : { node: item as Node };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && key.value === part);
  if (pair === undefined) return undefined;
  const key = pair.key as Node;
  return { node: (pair.value as Node | null) ?? key, key };
}
