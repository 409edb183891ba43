import { styleText } from 'node:util';
import { journalEntry } from '../../../src/telemetry/journal.ts';
import { forFile, forJournalStream, forTerminal } from '../../../src/telemetry/lines.ts';
import { createLogger, type Entry } from '../../../src/telemetry/log.ts';
import type { Level } from '../../../src/telemetry/logger.ts';

const AT = new Date('2026-11-25T22:10:03.042Z');

function setUp(threshold: Level = 'debug') {
  const entries: Entry[] = [];
  const logger = createLogger({ sink: (entry) => void entries.push(entry), threshold, now: () => AT });
  return { logger, entries };
}

const entry = (level: Level, message: string, fields: Record<string, string> = {}): Entry => ({
  level,
  message,
  fields,
  at: AT,
});

describe('a logger', () => {
  it('says what is grave enough', () => {
    const { logger, entries } = setUp('notice');
    for (const level of ['error', 'warning', 'notice', 'info', 'debug'] as const) logger.log(level, level);
    expect(entries.map(({ level }) => level)).toEqual(['error', 'warning', 'notice']);
  });

  it('adds the fields that it was given, the nearest ones last', () => {
    const { logger, entries } = setUp();
    logger
      .with({ user: 'emo', action: 'clone' })
      .with({ action: 'fetch' })
      .log('info', 'done', { duration: 12 });
    logger.log('info', 'plain');
    expect(entries.map(({ fields }) => fields)).toEqual([
      { user: 'emo', action: 'fetch', duration: '12' },
      {},
    ]);
  });

  it('lets no control character through, in messages or fields', () => {
    const { logger, entries } = setUp();
    logger.with({ a: 'x\ny' }).log('info', 'one\ntwo\x1b[31m\u202e', { b: '\0' });
    expect(entries[0]).toMatchObject({
      message: 'one\\x0atwo\\x1b[31m\\u202e',
      fields: { a: 'x\\x0ay', b: '\\x00' },
    });
  });

  it('cuts what is too long, and says how much is missing', () => {
    const { logger, entries } = setUp();
    logger.log('info', 'm'.repeat(16_390), { field: 'f'.repeat(1025) });
    expect(entries[0]?.message).toBe(`${'m'.repeat(16_384)}… (6 more)`);
    expect(entries[0]?.fields).toEqual({ field: `${'f'.repeat(1024)}… (1 more)` });
  });
});

describe('an entry', () => {
  const said = entry('warning', 'clone ~/code: no answer', { user: 'emo', why: 'a "b" c' });

  it('is a line with priority for the stream to the journal', () => {
    expect(forJournalStream(said)).toBe(String.raw`<4>clone ~/code: no answer user=emo why="a \"b\" c"`);
  });

  it('is a line with its time for a file', () => {
    expect(forFile(said)).toBe(
      String.raw`2026-11-25T22:10:03.042Z warning clone ~/code: no answer user=emo why="a \"b\" c"`,
    );
  });

  it('is a line with the time of day for a terminal', () => {
    const same = (text: string) => text;
    const plain = forTerminal({ faint: same, strong: same, warning: same, error: same });
    const time = AT.toTimeString().slice(0, 8);
    expect(plain(entry('info', 'up'))).toBe(`${time} info    up`);
    const paint = (name: Parameters<typeof styleText>[0]) => (text: string) =>
      styleText(name, text, { validateStream: false });
    const coloured = forTerminal({
      faint: paint('dim'),
      strong: paint('bold'),
      warning: paint('yellow'),
      error: paint('red'),
    });
    expect(coloured(entry('error', 'down', { user: 'emo' }))).toBe(
      `\x1b[2m${time}\x1b[22m \x1b[31merror  \x1b[39m down\x1b[2m user=emo\x1b[22m`,
    );
  });

  it('is one field a line for the journal, under names that it takes', () => {
    const odd = entry('notice', 'a=b', { osUser: 'emo', 'x-y': '1', [`l${'o'.repeat(80)}ng`]: '2' });
    expect(journalEntry(odd).toString()).toBe(
      [
        'MESSAGE=a=b',
        'PRIORITY=5',
        'SYSLOG_IDENTIFIER=workstation',
        'WORKSTATION_OS_USER=emo',
        'WORKSTATION_X_Y=1',
        `WORKSTATION_L${'O'.repeat(51)}=2`,
        '',
      ].join('\n'),
    );
  });
});
