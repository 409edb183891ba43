import { parse } from 'yaml';
import { main } from '../../../src/cli/main.ts';
import { printHistory } from '../../../src/cli/print/history.ts';
import { removeTemporaryDirectories, temporaryDirectory } from '../host/files/layout.ts';
import { ground } from '../report/audit/audits.ts';
import { expected } from './expected.ts';
import { HISTORY, NOW } from './records.ts';

let root: string;
beforeEach(() => {
  root = temporaryDirectory();
});
afterEach(removeTemporaryDirectories);

/** Over an audit of these records, an hour after the first of them. */
async function history(...argv: string[]) {
  let [out, err] = ['', ''];
  const io = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
    env: {},
    isTerminal: false,
    columns: 80,
    now: () => NOW,
  };
  return { code: await main(['history', '--root', root, ...argv], io), out, err };
}

function recorded() {
  const { open, close } = ground(root);
  for (const one of HISTORY) open().write(one);
  close();
}

describe('history as text', () => {
  it('is a row for each change, oldest first, that says who, what, why and how it ended', () => {
    expect(printHistory(HISTORY, 'table')).toEqual({ out: expected('history.txt'), err: '' });
  });

  it('has with -o wide also what was before, and the revision', () => {
    expect(printHistory(HISTORY, 'wide').out).toBe(expected('history-wide.txt'));
  });

  it('shows what users name instead of obeying it', () => {
    for (const format of ['table', 'wide', 'json', 'yaml'] as const)
      expect(printHistory(HISTORY, format).out).not.toMatch(/[\x1b\u202e]/);
  });

  it('says that there is nothing', async () => {
    expect(await history()).toEqual({ code: 0, out: '', err: 'No changes found\n' });
    expect(printHistory([], 'json')).toMatchObject({ out: expect.stringContaining('"items": []'), err: '' });
  });
});

describe('the command history', () => {
  it.each([
    [['emo'], ['clone', 'clone']],
    [['emil'], ['clone', 'clone']],
    [['ivy'], []],
    [
      ['--since', '30m'],
      ['clone', 'write-system-file'],
    ],
    [
      ['--since', '1h'],
      ['create-account', 'clone', 'clone', 'write-system-file'],
    ],
    [
      ['--since', '2026-03-10T12:30:00+01:00'],
      ['clone', 'write-system-file'],
    ],
    [['--since', '2026-03-11'], []],
    [['emo', '--since', '2026-03-10T11:30:00Z'], ['clone']],
    [['--lines', '1'], ['write-system-file']],
    [['emo', '-n', '1'], ['clone']],
  ])('with %j shows these', async (argv, actions) => {
    recorded();
    const { code, out } = await history(...argv, '-o', 'json');
    const list = JSON.parse(out) as { kind: string; items: { action: string }[] };
    expect([code, list.kind, list.items.map(({ action }) => action)]).toEqual([
      0,
      'AuditRecordList',
      actions,
    ]);
  });

  it('gives records back whole, as JSON and YAML', async () => {
    recorded();
    for (const format of ['json', 'yaml'])
      expect(parse((await history('-o', format)).out)).toMatchObject({ items: HISTORY });
  });

  it('says how many more there are', async () => {
    recorded();
    expect(await history('-n', '1')).toMatchObject({
      code: 0,
      err: 'shown are the newest 1 of 4 records: -n 4 shows all\n',
    });
  });

  it.each(['yesterday', '0s', '2', '', '2026-03', '2026-13-01', '-2h'])(
    'refuses --since %j',
    async (since) => {
      expect(await history(`--since=${since}`)).toEqual({
        code: 1,
        out: '',
        err: `workstation: read --since: found ${JSON.stringify(since)}, give a duration such as 2h or a time such as 2026-03-10T12:00:00Z\n`,
      });
    },
  );
});
