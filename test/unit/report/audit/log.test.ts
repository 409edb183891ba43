import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CURRENT } from '../../../../src/report/audit/files.ts';
import { removeTemporaryDirectories, snapshot, temporaryDirectory } from '../../host/files/layout.ts';
import { ground, numbers, record, upTo } from './audits.ts';

let root: string;
let at: ReturnType<typeof ground>;
beforeEach(() => {
  root = temporaryDirectory();
  at = ground(root);
});
afterEach(() => {
  at.close();
  removeTemporaryDirectories();
});

const textOf = (path: string) => readFileSync(join(root, path), 'utf8');

describe('the audit', () => {
  it('is a line of JSON for each record, for root alone where nobody else reads logs', () => {
    const log = at.open();
    for (const count of upTo(2)) log.write(record(count));
    log.close();
    expect(snapshot(root)).toEqual({
      var: 'dir 755',
      'var/log': 'dir 755',
      'var/log/workstation': 'dir 755',
      'var/log/workstation/audit.jsonl': `file 600 ${JSON.stringify(record(0))}\n${JSON.stringify(record(1))}\n`,
    });
    expect(at.said).toEqual([]);
  });

  it('is not touched where nothing is recorded', () => {
    const log = at.open();
    log.flush();
    log.close();
    expect(snapshot(root)).toEqual({});
  });

  it('goes on where an earlier program stopped', () => {
    for (const count of upTo(3)) at.open().write(record(count));
    expect(numbers(at.files)).toEqual(upTo(3));
  });

  it.each([
    ['half a line', '{"at":"2026-03-10T12:00:0'],
    ['half a character', Buffer.from('{"at":"é').subarray(0, -1)],
    ['lines that say something else', 'null\n[]\n"x"\n{}\n{"at":1}\n\n\n'],
    ['a record without its cause', `${JSON.stringify({ ...record(9), cause: null })}\n`],
    ['a record whose message is no text', `${JSON.stringify({ ...record(9), message: {} })}\n`],
    [
      'a line that is too long for a record',
      `${JSON.stringify(record(9, { message: 'x'.repeat(300_000) }))}\n`,
    ],
  ])('skips %s', (_, text) => {
    at.open().write(record(0));
    appendFileSync(join(root, CURRENT), text);
    at.open().write(record(1));
    expect(numbers(at.files)).toEqual([0, 1]);
  });

  it('keeps what a newer program wrote of a record', () => {
    at.open().write({ ...record(0), lease: 'x' } as never);
    expect(textOf(CURRENT)).toContain('"lease":"x"');
    expect(numbers(at.files)).toEqual([0]);
  });
});

describe('a file that is long enough', () => {
  const names = () => readdirSync(join(root, 'var/log/workstation'));

  it('is set aside under a number that only rises, and the oldest go', () => {
    const log = at.open({ limit: 1, keep: 3 });
    for (const count of upTo(5)) log.write(record(count));
    expect(names()).toEqual(['audit.000003.jsonl', 'audit.000004.jsonl', 'audit.000005.jsonl']);
    expect(numbers(at.files)).toEqual([2, 3, 4]);
    at.open().write(record(5));
    expect(names()).toHaveLength(4);
    expect(numbers(at.files)).toEqual([2, 3, 4, 5]);
  });

  it('is set aside at ten mebibytes', () => {
    at.open().write(record(0));
    appendFileSync(join(root, CURRENT), `${'x'.repeat(10 * 2 ** 20)}\n`);
    expect(names()).toEqual(['audit.jsonl']);
    at.open().write(record(1));
    expect(names()).toEqual(['audit.000001.jsonl']);
  });

  it('is read in the order of its number, not of its name', () => {
    at.open().write(record(0));
    for (const [name, count] of [
      ['audit.999999.jsonl', 1],
      ['audit.1000000.jsonl', 2],
    ] as const)
      // prettier-ignore
      writeFileSync(join(root, 'var/log/workstation', name), `${JSON.stringify(record(count))}\n`);
    expect(numbers(at.files)).toEqual([1, 2, 0]);
  });

  it('is read once when it is set aside while it is read', () => {
    at.open().write(record(0));
    const files = {
      ...bound(at.files),
      names: (directory: string) => (setAside(), at.files.names(directory)),
    };
    const setAside = () => at.files.setAside(CURRENT, CURRENT.replace('.jsonl', '.000001.jsonl'));
    expect(numbers(files)).toEqual([0]);
  });

  it('leaves alone what others put beside it', () => {
    at.open({ limit: 1, keep: 0 }).write(record(0));
    for (const name of ['audit.jsonl.gz', 'audit.1.jsonl', 'notes'])
      writeFileSync(join(root, 'var/log/workstation', name), 'x');
    at.open({ limit: 1, keep: 0 }).write(record(1));
    expect(names()).toEqual(['audit.1.jsonl', 'audit.000002.jsonl', 'audit.jsonl.gz', 'notes'].sort());
  });
});

function bound(files: typeof at.files): typeof at.files {
  return {
    append: (path, text) => files.append(path, text),
    setAside: (from, to) => files.setAside(from, to),
    remove: (path) => files.remove(path),
    names: (directory) => files.names(directory),
    open: (path) => files.open(path),
  };
}
