/** What the YAML library finds wrong, in words for people who do not know how YAML is parsed. */
import type { YAMLParseError } from 'yaml';

export function sentenceFor({ code, message }: Pick<YAMLParseError, 'code' | 'message'>): string {
  return (
    BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1] ??
    BY_CODE[code] ??
    'found something that is not YAML: check the quotes, brackets and indentation here'
  );
}

/** Codes that stand for several slips are told apart by the words of the library (2.x). */
const BY_MESSAGE: readonly (readonly [RegExp, string])[] = [
  [/^Missing closing .quote/, 'found a quote that is not closed: close it'],
  [
    /end with a \]|Flow sequence/,
    'found a list that is not closed: close it with "]", indented deeper than its key',
  ],
  [
    /end with a \}|Flow map/,
    'found a mapping that is not closed: close it with "}", indented deeper than its key',
  ],
  [/^Missing , /, 'found two items without a comma between them: add the comma'],
  [
    /^Missing space after : |^Missing , or : /,
    'found two items without a comma or colon between them: add it',
  ],
  [/^Unexpected (,|empty item)/, 'found a comma without an item before it: remove it'],
  [/^Unexpected flow-(map|seq)-end/, 'found a closing bracket that nothing opens: remove it'],
  [/^Comments must/, 'found "#" right after a value: put a space before the comment, or quote the value'],
  [/^Block collection cannot start/, 'found a value on the line of "---": move it to the next line'],
  [/^Block scalar header/, 'found text after "|" or ">": begin the text on the next line'],
  [/followed by map values/, 'found a line without ":": write "key: value"'],
  [/^Sequence item without/, 'found a line without "-" in a list: begin it with "- "'],
];

const BY_CODE: Readonly<Partial<Record<YAMLParseError['code'], string>>> = {
  BAD_ALIAS: 'found an anchor or alias without a name: write the value itself',
  BAD_DQ_ESCAPE: 'found an unknown escape in double quotes: use single quotes, or double the backslash',
  BAD_INDENT: 'found a line that is indented differently from its neighbours: align it',
  BAD_SCALAR_START: 'found a value beginning with a character that YAML keeps for itself: quote the value',
  BLOCK_AS_IMPLICIT_KEY:
    'found a second ":" or a "-" on one line: quote the value, or move it to the next line',
  BLOCK_IN_FLOW: 'found an indented block inside brackets: write it in brackets too',
  KEY_OVER_1024_CHARS: 'found a key of more than 1024 characters: shorten it',
  MISSING_CHAR: 'found something that is not YAML: check for a missing quote, bracket, colon or space here',
  MULTILINE_IMPLICIT_KEY: 'found a key over several lines: a ":" is missing, or the key needs quotes',
  TAB_AS_INDENT: 'found a tab as indentation: indent with spaces',
};
