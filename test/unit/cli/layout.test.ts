import { printAge, printDistance, printDuration, printTook } from '../../../src/cli/print/duration.ts';
import { ANSI, chooseStyle, PLAIN } from '../../../src/cli/print/style.ts';
import { printTable } from '../../../src/cli/print/table.ts';
import { cutTo, widthOf } from '../../../src/cli/print/width.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('a duration', () => {
  // The cases of TestHumanDurationBoundaries in k8s.io/apimachinery/pkg/util/duration.
  const cases: [number, string][] = [
    [-2 * SECOND, '<invalid>'],
    [-2 * SECOND + 1, '0s'],
    [0, '0s'],
    [SECOND - 1, '0s'],
    [2 * MINUTE - 1, '119s'],
    [2 * MINUTE, '2m'],
    [2 * MINUTE + SECOND, '2m1s'],
    [10 * MINUTE - 1, '9m59s'],
    [10 * MINUTE, '10m'],
    [10 * MINUTE + SECOND, '10m'],
    [3 * HOUR - 1, '179m'],
    [3 * HOUR, '3h'],
    [3 * HOUR + MINUTE, '3h1m'],
    [8 * HOUR - 1, '7h59m'],
    [8 * HOUR, '8h'],
    [8 * HOUR + 59 * MINUTE, '8h'],
    [2 * DAY - 1, '47h'],
    [2 * DAY, '2d'],
    [2 * DAY + HOUR, '2d1h'],
    [8 * DAY - 1, '7d23h'],
    [8 * DAY, '8d'],
    [8 * DAY + 23 * HOUR, '8d'],
    [2 * 365 * DAY - 1, '729d'],
    [2 * 365 * DAY, '2y'],
    [2 * 365 * DAY + 23 * HOUR, '2y'],
    [2 * 365 * DAY + 23 * HOUR + 59 * MINUTE, '2y'],
    [2 * 365 * DAY + DAY - 1, '2y'],
    [2 * 365 * DAY + DAY, '2y1d'],
    [3 * 365 * DAY, '3y'],
    [4 * 365 * DAY, '4y'],
    [5 * 365 * DAY, '5y'],
    [6 * 365 * DAY, '6y'],
    [7 * 365 * DAY, '7y'],
    [8 * 365 * DAY - 1, '7y364d'],
    [8 * 365 * DAY, '8y'],
    [8 * 365 * DAY + 364 * DAY, '8y'],
    [9 * 365 * DAY, '9y'],
  ];
  it.each(cases)('of %d ms is %s', (milliseconds, text) => {
    expect(printDuration(milliseconds)).toBe(text);
  });

  it.each([
    [0, '0s'],
    [0.4, '0s'],
    [1, '1ms'],
    [999, '999ms'],
    [1000, '1s'],
    [1234, '1.23s'],
    [45_060, '45.1s'],
    [100 * SECOND, '100s'],
    [125 * SECOND, '2m5s'],
    [DAY, '24h'],
  ])('of work of %d ms is %s', (milliseconds, text) => {
    expect(printTook(milliseconds)).toBe(text);
  });

  it.each([
    ['2026-03-10T11:54:48Z', '5m12s ago'],
    ['2026-03-10T12:00:00.999Z', 'now'],
    ['2026-03-10T12:00:40Z', 'in 40s'],
    ['tomorrow', '<unknown>'],
  ])('from now to %s is %s', (timestamp, text) => {
    expect(printDistance(timestamp, new Date('2026-03-10T12:00:00Z'))).toBe(text);
  });

  it('is unknown where the time is none', () => {
    expect(printAge(undefined, new Date())).toBe('<unknown>');
    expect(printAge('yesterday', new Date())).toBe('<unknown>');
  });
});

describe('a table', () => {
  const columns = [
    { header: 'NAME', cell: (row: string[]) => row[0] ?? '' },
    { header: 'X', cell: (row: string[]) => row[1] ?? '' },
    { header: 'LAST', cell: (row: string[]) => row[2] ?? '' },
  ];

  it('parts columns by three spaces, makes none narrower than six, and ends no line in spaces', () => {
    expect(printTable(columns, [['longest name', '1'], ['b']])).toBe(
      'NAME           X     LAST\nlongest name   1\nb\n',
    );
  });

  it('aligns by cells of the terminal, not by characters', () => {
    expect(
      printTable(columns, [
        ['日本', '1'],
        ['e\u0301\u{1f600}', '2'],
      ]),
    ).toBe('NAME   X     LAST\n日本   1\ne\u0301\u{1f600}    2\n');
  });

  it('shows a newline or an escape sequence instead of obeying it', () => {
    expect(printTable(columns, [['a\nb\x1b[2J']])).toBe('NAME            X     LAST\na\\x0ab\\x1b[2J\n');
  });
});

describe('the width of a text', () => {
  it.each([
    ['', 0],
    ['ascii', 5],
    ['é', 1],
    ['e\u0301', 1],
    ['日本', 4],
    ['한', 2],
    ['ｆｕｌｌ', 8],
    ['👩‍👩‍👧', 2],
    ['❤️', 2],
    ['…', 1],
  ])('of %j is %d', (text, cells) => {
    expect(widthOf(text)).toBe(cells);
  });

  it.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 5, 'abcd…'],
    ['日本語', 5, '日本…'],
    ['日本語', 4, '日…'],
    ['abc', 1, '…'],
  ])('%j cut to %d is %j', (text, width, cut) => {
    expect(cutTo(text, width)).toBe(cut);
  });
});

describe('the style', () => {
  it.each([
    [true, {}, ANSI],
    [false, {}, PLAIN],
    [true, { NO_COLOR: '1' }, PLAIN],
    [true, { NO_COLOR: '' }, ANSI],
    [true, { TERM: 'dumb' }, PLAIN],
    [false, { FORCE_COLOR: '1' }, ANSI],
    [false, { FORCE_COLOR: '' }, PLAIN],
    [true, { FORCE_COLOR: '0' }, PLAIN],
    [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, ANSI],
  ])('with a terminal: %j and the environment %j', (isTerminal, env, style) => {
    expect(chooseStyle(isTerminal, env)).toBe(style);
  });

  it('ends each colour where the text ends', () => {
    expect(ANSI.added('x')).toBe('\x1b[32mx\x1b[39m');
    expect(ANSI.strong('x')).toBe('\x1b[1mx\x1b[22m');
  });
});
