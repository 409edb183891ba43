import { array, assert, constantFrom, property, string, tuple } from '../../property.ts';
import { EnvFileError, readVariable, setVariables } from '../../../src/roster/envfile.ts';
import { parseLines } from '../../../src/roster/envlines.ts';
import { readLikeSystemd } from './systemd-reader.ts';

const PIECES = [
  'A=', 'B=', 'C=', 'x', '1', '"', "'", '\\', '\n', '\n', ' ', '\t', '\r\n', '\r', '#', ';', '=', '$', 'ж',
]; // prettier-ignore
const texts = array(constantFrom(...PIECES, '\nA=', '\nB='), { maxLength: 16 }).map((pieces) =>
  pieces.join(''),
);
const values = string({ unit: 'grapheme' }).filter(
  (value) => !/[\r\n\0]/.test(value) && value.isWellFormed(),
);

const value = (text: string) => ({ kind: 'value', value: text });

describe('parseLines', () => {
  it('loses nothing', () => {
    assert(
      property(texts, (text) => {
        expect(parseLines(text).map((line) => line.text).join('')).toBe(text); // prettier-ignore
      }),
    );
  });
});

describe('readVariable', () => {
  it('reads what systemd reads, or says that it cannot', () => {
    assert(
      property(texts, constantFrom('A', 'B', 'C'), (text, name) => {
        const reading = readVariable(text, name);
        const expected = readLikeSystemd(text);
        if (reading.kind === 'ambiguous') {
          expect(expected === undefined || /[#;][^\n\r]*\\[\n\r]|[#;].*\\$/.test(text)).toBe(true);
        } else expect(reading.kind === 'value' ? reading.value : undefined).toBe(expected?.get(name));
      }),
      { numRuns: 400 },
    );
  });

  it.each([
    ['PORT=1', value('1')],
    ['PORT=1\nPORT=2\n', value('2')],
    ['PORT=1\r\nX=2\r\n', value('1')],
    ['  PORT = "1" \n', value('1')],
    ['PORT=\n', value('')],
    ['PORT="1\\\n2" \'3\' \\ \n', value('123 ')],
    ['# a \\\r\nPORT=1\r\n', value('1')],
    ['# my PORT=4444\n', { kind: 'absent' }],
    ['; PORT=4444\n', { kind: 'absent' }],
    ['MY_PORT=1\nPORTS=2\nexport PORT=3\n', { kind: 'absent' }],
    ['X="a\nPORT=1\n"\n', { kind: 'absent' }],
    ['X=a \\\nPORT=1\n', { kind: 'absent' }],
  ])('reads %j', (text, expected) => expect(readVariable(text, 'PORT')).toEqual(expected));

  it.each([
    ['PORT="1\n', 'the quote of PORT is never closed'],
    ["X='\nPORT=1\n", 'the quote of X is never closed'],
    ['# a \\\nPORT=1\n', 'a comment ends in a backslash'],
    ['PORT=1\0\n', 'it holds a NUL'],
  ])('will not say what %j means', (text, doubt) =>
    expect(readVariable(text, 'PORT')).toEqual({ kind: 'ambiguous', doubt: expect.stringContaining(doubt) }),
  );
});

describe('setVariables', () => {
  it('sets what it is told, as systemd reads it, and leaves every other variable alone', () => {
    assert(
      property(texts, values, (text, wanted) => {
        const before = readLikeSystemd(text);
        const after = edited(text, { A: wanted, D: '7' }, ['B']);
        if (after === undefined) return;
        const expected = new Map([...(before ?? []), ['A', wanted], ['D', '7']]); // prettier-ignore
        expected.delete('B');
        expect(readLikeSystemd(after)).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  });

  it('changes nothing the second time', () => {
    assert(
      property(tuple(texts, values), ([text, wanted]) => {
        const once = edited(text, { A: wanted, D: '7' }, ['B']);
        if (once !== undefined) expect(setVariables(once, { A: wanted, D: '7' }, ['B'])).toBe(once);
      }),
    );
  });

  it.each([
    ['an empty file', '', 'PORT=1\n'],
    ['no line break at the end', 'X=2', 'X=2\nPORT=1\n'],
    ['a line that goes on at the end', 'X=2\\', 'X=2\\\n\nPORT=1\n'],
    ['CRLF', 'X=2\r\nPORT=3\r\n#\r\n', 'X=2\r\nPORT=1\r\n#\r\n'],
    ['comments and stray lines', '# PORT=3\nstray\n\nPORT=3\nX= y \n', '# PORT=3\nstray\n\nPORT=1\nX= y \n'],
    ['the right value in quotes', 'PORT="1" \nX=2', 'PORT="1" \nX=2'],
    ['two assignments', 'PORT=1\nX=2\nPORT=3\n', 'X=2\nPORT=1\n'],
    ['a value over two lines', 'PORT="3\n4"\nX=2\n', 'PORT=1\nX=2\n'],
  ])('sets a variable in %s', (_, before, after) =>
    expect(setVariables(before, { PORT: '1' }, [])).toBe(after),
  );

  it('removes every line of a variable, and only those', () => {
    expect(setVariables('TOKEN=a\n#TOKEN=b\nMY_TOKEN=c\n TOKEN="d\ne"\n', {}, ['TOKEN'])).toBe(
      '#TOKEN=b\nMY_TOKEN=c\n',
    );
  });

  it.each([
    ['a b', 'V="a b"'],
    ['a|b&c', 'V="a|b&c"'],
    ['$x `y` \\ "', 'V="\\$x \\`y\\` \\\\ \\""'],
    ["it's", `V="it's"`],
    ['/usr/bin:/bin', 'V=/usr/bin:/bin'],
    ['', 'V='],
  ])('writes %j as %j', (text, line) => expect(setVariables('', { V: text }, [])).toBe(`${line}\n`));

  it.each(['a\nb', 'a\rb', 'a\0b', '\ud800'])('refuses the value %j without repeating it', (text) => {
    expect(() => setVariables('', { V: text }, [])).toThrow(
      'set V in an environment file: its value is no single line of text: remove line breaks and NULs',
    );
  });

  it.each(["X='secret\n", '# a \\\nX=secret\n', 'X=secret\0'])(
    'refuses to edit %j without repeating it',
    (text) => {
      expect(() => setVariables(text, { V: '1' }, [])).toThrow(EnvFileError);
      expect(() => setVariables(text, { V: '1' }, [])).not.toThrow('secret');
    },
  );
});

function edited(text: string, variables: Record<string, string>, unset: string[]): string | undefined {
  try {
    return setVariables(text, variables, unset);
  } catch (error) {
    if (error instanceof EnvFileError) return undefined;
    throw error;
  }
}
