/** Values as JSON or YAML, laid out as kubectl does: keys in order, lists not indented, nothing a terminal would obey. */
import { Document, isScalar, visit } from 'yaml';
import { escapeControls } from '../../api/text/show.ts';

export type Structure = 'json' | 'yaml';

/** Text ended by a newline. `value` is plain data; members that are undefined are left out. */
export function printStructured(value: unknown, structure: Structure): string {
  const ordered = inOrder(value);
  return structure === 'json' ? `${escaped(JSON.stringify(ordered, undefined, 4))}\n` : printYaml(ordered);
}

function printYaml(value: unknown): string {
  // Version 1.1 quotes words such as "on", which Kubernetes' own parser would take for a boolean.
  const document = new Document(value, { version: '1.1', aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && isUnsafe(node.value)) node.type = 'QUOTE_DOUBLE';
    },
    Pair(_, { key }) {
      if (isScalar(key) && typeof key.value === 'string' && isUnsafe(key.value)) key.type = 'QUOTE_DOUBLE';
    },
  });
  return escaped(document.toString({ indentSeq: false, lineWidth: 0 }));
}

/** Whether it must stand in quotes to be escaped; newlines alone may stand in a block. */
function isUnsafe(text: string): boolean {
  const line = text.replaceAll('\n', '');
  return escapeControls(line) !== line;
}

/** Both formats know `\uXXXX` in double quotes, and only there can such a character still be. */
function escaped(text: string): string {
  return text.replaceAll(/[^\n\x20-\x7e]/gu, (character) =>
    escapeControls(character) === character
      ? character
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, inOrder(member)]),
  );
}
