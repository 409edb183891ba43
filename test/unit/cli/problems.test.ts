import { printProblems } from '../../../src/cli/print/problems.ts';
import { ANSI, PLAIN } from '../../../src/cli/print/style.ts';

const file = 'roster.yaml';

function excerpt(text: string, line: number, column: number, columns = 80): string[] {
  const problem = { file, line, column, message: 'm' };
  const printed = printProblems([problem], PLAIN, { texts: new Map([[file, text]]), columns });
  return printed.split('\n').slice(1, -1);
}

describe('problems', () => {
  const problems = [
    { file, line: 2, column: 3, message: 'users.a: found the number 7, must be text: quote it' },
    { file: 'x\ny', message: 'read: no such file' },
  ];

  it('are lines that other programs can parse', () => {
    expect(printProblems(problems, PLAIN)).toBe(
      'roster.yaml:2:3: users.a: found the number 7, must be text: quote it\nx\\x0ay: read: no such file\n',
    );
    expect(printProblems([], PLAIN)).toBe('');
  });

  it('show on a terminal the line that is meant, and a caret under the place', () => {
    const texts = new Map([[file, 'users:\n  a: 7\n']]);
    expect(printProblems(problems, PLAIN, { texts, columns: 80 })).toBe(
      'roster.yaml:2:3: users.a: found the number 7, must be text: quote it\n      a: 7\n      ^\nx\\x0ay: read: no such file\n',
    );
    expect(printProblems(problems, ANSI, { texts, columns: 80 })).toContain('\n      \x1b[31m^\x1b[39m\n');
  });

  it.each([
    ['a tab', '\ta: 7', 5, ['     a: 7', '        ^']],
    ['characters of two cells', '日本: 7', 5, ['    日本: 7', '          ^']],
    ['an escape sequence', '\x1b[2J: 7', 5, ['    \\x1b[2J: 7', '           ^']],
    ['the end of the line', 'a: "', 5, ['    a: "', '        ^']],
  ])('put the caret right after %s', (_, text, column, lines) => {
    expect(excerpt(text, 1, column)).toEqual(lines);
  });

  it('show of a long line what is around the place', () => {
    const [line, caret] = excerpt(`${'a'.repeat(500)}X${'b'.repeat(500)}`, 1, 501, 60);
    expect(line).toBe(`    …${'a'.repeat(20)}X${'b'.repeat(33)}…`);
    expect(caret).toBe(`${' '.repeat(4 + 21)}^`);
  });

  it.each([
    ['no such line', 'a\n', 7],
    ['an empty line', 'a\n\nb', 2],
  ])('show no excerpt of %s', (_, text, line) => {
    expect(excerpt(text, line, 1)).toEqual([]);
  });
});
