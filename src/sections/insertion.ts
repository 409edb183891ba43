/**
 * Adds to JSON text in place. What is there stays to the byte: order, formatting, comments and numbers of any size.
 * Text is read as editors do, with comments and trailing commas; of members with one name the last one counts.
 */
import { createScanner, parseTree, type Node, type ParseError } from 'jsonc-parser';

export interface JsonDocument {
  readonly text: string;
  readonly root: Node;
}

/** Undefined when the text is no JSON object. An empty text is an empty object. */
export function parseDocument(text: string): JsonDocument | undefined {
  const source = text.trim() === '' ? '{}' : text;
  const errors: ParseError[] = [];
  const root = parseQuietly(source, errors);
  return errors.length === 0 && root?.type === 'object' ? { text: source, root } : undefined;
}

function parseQuietly(text: string, errors: ParseError[]): Node | undefined {
  try {
    return parseTree(text, errors, { allowTrailingComma: true });
  } catch (error) {
    // Nested deeper than the stack of the parser.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** How far a path leads: to a node, and which keys are left there. */
export function follow({ root }: JsonDocument, path: readonly string[]): { node: Node; rest: string[] } {
  let node = root;
  for (const [index, key] of path.entries()) {
    const next = node.type === 'object' ? memberOf(node, key) : undefined;
    if (next === undefined) return { node, rest: path.slice(index) };
    node = next;
  }
  return { node, rest: [] };
}

function memberOf({ children = [] }: Node, key: string): Node | undefined {
  return children.findLast((property) => property.children?.[0]?.value === key)?.children?.[1];
}

/** Adds a member to an object, or without a key an element to an array, after what is there. */
export function insert(document: JsonDocument, into: Node, value: unknown, key?: string): JsonDocument {
  const { text } = document;
  const end = into.offset + into.length - 1;
  const last = into.children?.at(-1);
  const from = last === undefined ? into.offset + 1 : last.offset + last.length;
  const tail = tailOf(text, from, end);
  const layout = layoutOf(document, into);
  const name = key === undefined ? '' : `${JSON.stringify(key)}: `;
  const comma = last === undefined || tail.hasComma ? '' : ',';
  const added = layout.before + name + print(value, layout) + (last === undefined ? layout.after : '');
  const inserted = text.slice(0, from) + comma + text.slice(from, tail.end) + added + text.slice(tail.end);
  const parsed = parseDocument(inserted);
  if (parsed === undefined) throw new Error('an insertion has made JSON text invalid');
  return parsed;
}

/** What stands between the last child and the closing bracket: a comma, and where its last comment ends. */
function tailOf(
  text: string,
  from: number,
  close: number,
): { readonly hasComma: boolean; readonly end: number } {
  const scanner = createScanner(text);
  scanner.setPosition(from);
  let [hasComma, end] = [false, from];
  for (scanner.scan(); scanner.getTokenOffset() < close; scanner.scan()) {
    const token = text.slice(scanner.getTokenOffset(), scanner.getPosition());
    if (token === ',') hasComma = true;
    if (token.trim() !== '') end = scanner.getPosition();
  }
  return { hasComma, end };
}

interface Layout {
  readonly before: string;
  /** Only where the container was empty. */
  readonly after: string;
  /** What stands between the lines of the value, and one step of indentation; undefined for one line. */
  readonly lines?: { readonly lineBreak: string; readonly step: string };
}

/** As its neighbours are laid out; in an empty container, one child a line. */
function layoutOf({ text, root }: JsonDocument, { offset, length, children = [] }: Node): Layout {
  const hasLines = text.slice(offset, offset + length).includes('\n');
  const first = children[0];
  if (first !== undefined && !hasLines) return { before: ' ', after: '' };
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  const step = (root.children?.[0] && indentOf(text, root.children[0].offset, true)) || '  ';
  const own = indentOf(text, offset) ?? '';
  const ofFirst = first && indentOf(text, first.offset, true);
  const before = lineBreak + (ofFirst ?? own + step);
  return { before, after: hasLines ? '' : lineBreak + own, lines: { lineBreak: before, step } };
}

/** The blanks that the line begins with; with `alone`, only where nothing else stands before the offset. */
function indentOf(text: string, offset: number, alone = false): string | undefined {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  const [blanks = ''] = /^[ \t]*/.exec(line) ?? [];
  return alone && blanks !== line ? undefined : blanks;
}

function print(value: unknown, { lines }: Layout): string {
  if (lines === undefined) return JSON.stringify(value);
  return JSON.stringify(value, undefined, lines.step).replaceAll('\n', lines.lineBreak);
}
