import { growth } from '../../growth.ts';
import * as fc from '../../property.ts';
import { parseGitConfig, parseGitVariables, type GitVariable } from '../../../src/sections/gitconfig.ts';

const valueOf = (line: string) => parseGitVariables(`[a]\n${line}`)[0]?.value;

describe('the variables of a git configuration file', () => {
  it.each([
    ['key = value', 'value'],
    ['key=value', 'value'],
    ['\tkey =  two words  ', 'two words'],
    ['key = one\\\n  two', 'one  two'],
    ['key = value ; comment', 'value'],
    ['key = value # comment \\', 'value'],
    ['key = "a ; b" # comment', 'a ; b'],
    ['key = " kept " ', ' kept '],
    ['key = un"quo ted"  x', 'unquo ted  x'],
    ['key = \\"\\\\\\t\\n', '"\\\t\n'],
    ['key =', ''],
    ['key = ""', ''],
    ['key', 'true'],
    ['key = value\r', 'value'],
    ['key = value\\', 'value'],
    ['KeY-2 = value', 'value'],
  ])('%j has the value %j', (line, value) => {
    expect(valueOf(line)).toBe(value);
  });

  it.each(['key # comment', 'key = "open', 'key = \\x', '2key = value', 'key value', '= value', '[a'])(
    'nothing is read at or after %j, for which git refuses the file',
    (line) => {
      expect(parseGitVariables(`[a]\nbefore = 1\n${line}\nafter = 1\n`).map(({ key }) => key)).toEqual([
        'before',
      ]);
    },
  );

  it.each([
    ['[Core]', 'core', undefined],
    ['[remote "Origin X"]', 'remote', 'Origin X'],
    ['[remote "a\\"b\\\\c\\d"]', 'remote', 'a"b\\cd'],
    ['[branch.Feature.X]', 'branch', 'feature.x'],
  ])('%j is the section %j with the subsection %j', (header, section, subsection) => {
    const found = [{ section, subsection, key: 'k', value: 'v' }];
    expect(parseGitVariables(`${header}\nk = v`)).toEqual(found);
    expect(parseGitVariables(`${header} k = v`)).toEqual(found);
  });

  it('come back from a file that was written with them', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
    const text = fc.string({ unit: fc.character, maxLength: 20 }).map((raw) => raw.replaceAll('\0', ''));
    const variable = fc.record({
      section: word,
      subsection: fc.option(
        text.map((raw) => raw.replaceAll('\n', '')),
        { nil: undefined },
      ),
      key: word,
      value: text,
    });
    fc.assert(
      fc.property(fc.array(variable, { maxLength: 8 }), (variables) => {
        expect(parseGitVariables(variables.map(print).join(''))).toEqual(variables);
      }),
    );
  });

  it('are read from any text without an error', () => {
    const piece = fc.constantFrom(
      '[',
      ']',
      '"',
      '\\',
      '\n',
      '\r',
      ' ',
      '=',
      '#',
      ';',
      'a',
      '.',
      '[a]\n',
      'k = ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        for (const { key, value } of parseGitVariables(pieces.join(''))) {
          expect(key).toMatch(/^[a-z]/);
          expect(typeof value).toBe('string');
        }
      }),
    );
  });

  it('are read in a time that grows with the length of the text, not faster', () => {
    const parts = ['[', '[a "', '[a]\nk = \\\n', 'k="', '# ', '\\', ' ', '[a.', '[a "\\'];
    const times = growth(10_000, (count) => {
      const texts = parts.map((part) => part.repeat(count));
      return () => {
        for (const text of texts) for (const first of ['', '[a]\nk = ']) parseGitVariables(first + text);
      };
    });
    expect(times).toBeLessThan(11);
  });
});

describe('what a git configuration says of a clone', () => {
  it('is its remotes and what its branches track', () => {
    const config = parseGitConfig(`
[core]
\tbare = false
[remote "origin"]
\turl = https://example.org/a.git
\tfetch = +refs/heads/*:refs/remotes/origin/*
\turl = https://example.org/second.git
[remote "bare"]
\tfetch = +refs/heads/*:refs/remotes/bare/*
[branch "main"]
\tremote = origin
\tmerge = refs/heads/main
\trebase = true
[branch "main"]
\tremote = upstream
`);
    expect(Object.fromEntries(config.remotes)).toEqual({
      origin: { urls: ['https://example.org/a.git', 'https://example.org/second.git'] },
      bare: { urls: [] },
    });
    expect(Object.fromEntries(config.branches)).toEqual({
      main: { remote: 'upstream', merge: 'refs/heads/main' },
    });
  });
});

function print({ section, subsection, key, value }: GitVariable): string {
  const header =
    subsection === undefined ? section : `${section} "${subsection.replaceAll(/["\\]/g, '\\$&')}"`;
  const quoted = value.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n');
  return `[${header}]\n\t${key} = "${quoted}"\n`;
}
