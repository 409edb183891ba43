import * as fc from '../../property.ts';
import { stringify } from 'yaml';
import { decode, MAX_BYTES } from '../../../src/api/text/decode.ts';
import { parseText } from '../../../src/api/text/parse.ts';
import { printProblem } from '../../../src/api/text/problem.ts';
import { syntax } from './cases/syntax.ts';

const values = (text: string) => parseText('f', text).documents.map(({ value }) => value);
const problems = (text: string) =>
  parseText('f', text).problems.map((problem) => printProblem(problem).replace(/^f:/, ''));

describe('text that is refused', () => {
  it.each(Object.entries(syntax))('%s', (_, { text, problems: expected }) => {
    expect(problems(text)).toEqual(expected);
  });
});

describe('text that is taken', () => {
  it.each([
    [
      'several documents, empty ones left out',
      'a: 1\n---\n# nothing\n---\nb: 2\n...\n',
      [{ a: 1 }, { b: 2 }],
    ],
    ['an empty text', '', []],
    ['a comment', '# nothing\n', []],
    ['JSON with tabs and escapes', '{\n\t"a": "\\ud83d\\ude00\\/"\n}', [{ a: '😀/' }]],
    [
      'words that YAML 1.1 took for something else',
      'a: [yes, on, 1_000, 2026-01-31]',
      [{ a: ['yes', 'on', '1_000', '2026-01-31'] }],
    ],
    ['a quoted merge key', '"<<": 1', [{ '<<': 1 }]],
    ['64 levels', `${'['.repeat(64)}${']'.repeat(64)}`, [JSON.parse(`${'['.repeat(64)}${']'.repeat(64)}`)]],
    ['a text with carriage returns', 'a: 1\r\nb: 2\r\n', [{ a: 1, b: 2 }]],
  ])('%s', (_, text, expected) => {
    expect(problems(text)).toEqual([]);
    expect(values(text)).toEqual(expected);
  });

  it('keeps every value that JSON can say, whether it is written as JSON or as YAML', () => {
    const json = fc.jsonValue({ maxDepth: 5 }).filter((value) => value !== null && isOurs(value));
    fc.assert(
      fc.property(json, (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(values(JSON.stringify(value))).toEqual([plain]);
        expect(values(stringify(plain, { aliasDuplicateObjects: false }))).toEqual([plain]);
      }),
    );
  });

  it('points at each value by its path', () => {
    const [document] = parseText('f', 'a:\n  - b: 1\n  - {c: 2}\n').documents;
    expect(document?.placeOf(['a', 1, 'c'])).toEqual({ line: 3, column: 9 });
    expect(document?.placeOfKey(['a', 1, 'c'])).toEqual({ line: 3, column: 6 });
    expect(document?.placeOf(['a', 7, 'x'])).toEqual({ line: 1, column: 1 });
  });
});

describe('text from anybody', () => {
  it('never throws, and gives problems or values', () => {
    const yamlish = fc.array(
      fc.constantFrom(
        'a',
        ':',
        ' ',
        '\n',
        '-',
        '[',
        ']',
        '{',
        '}',
        '"',
        "'",
        '&',
        '*',
        '!',
        '|',
        '>',
        '%',
        '#',
        ',',
        '?',
        '\t',
        '~',
        '\\',
        '<<',
        '---\n',
        '\r',
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          yamlish.map((parts) => parts.join('')),
          fc.string({ unit: fc.character }),
        ),
        (text) => {
          const parsed = parseText('f', text);
          for (const problem of parsed.problems)
            expect(printProblem(problem)).toMatch(/^f:\d+:\d+: [^\x00-\x1f]+$/);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('bytes', () => {
  const bytes = (...parts: (string | number[])[]) =>
    Buffer.concat(parts.map((part) => Buffer.from(part as string)));

  it.each([
    [
      'bytes that are not UTF-8',
      bytes('a: 1\nb: ä', [0xff]),
      { file: 'f', line: 2, column: 5, message: 'found bytes that are not UTF-8: save the file as UTF-8' },
    ],
    [
      'UTF-16',
      bytes([0xff, 0xfe, 0x61, 0]),
      { file: 'f', line: 1, column: 1, message: 'found bytes that are not UTF-8: save the file as UTF-8' },
    ],
    [
      'a character cut in two, after a true replacement character',
      bytes('\ufffd\n', [0xc3]),
      { file: 'f', line: 2, column: 1, message: 'found bytes that are not UTF-8: save the file as UTF-8' },
    ],
    [
      'more than 16 MiB',
      Buffer.alloc(MAX_BYTES + 1, 'a'),
      { file: 'f', message: 'found more than 16 MiB, must be smaller: split it into several files' },
    ],
  ])('%s are refused', (_, input, problem) => {
    expect(decode('f', input)).toEqual({ problem });
  });

  it('lose a byte order mark', () => {
    expect(decode('f', bytes([0xef, 0xbb, 0xbf], 'a'))).toEqual({ text: 'a' });
  });
});

/** Values with keys and characters that are refused on purpose are the business of the cases above. */
function isOurs(value: unknown): boolean {
  const text = JSON.stringify(value);
  return !text.includes('__proto__') && !/\\ud[89a-f]|[0-9]{16}/i.test(text);
}
