import type { AuditFiles } from '../../../../src/report/audit/files.ts';
import { findRecords, type Wanted } from '../../../../src/report/audit/read.ts';
import { removeTemporaryDirectories, temporaryDirectory } from '../../host/files/layout.ts';
import { ground, NOW, record, upTo } from './audits.ts';

let at: ReturnType<typeof ground>;
beforeAll(() => {
  at = ground(temporaryDirectory(), { limit: 700 });
  const log = at.open();
  const { user: _user, osUser: _osUser, ...ofMachine } = record(4);
  for (const one of [0, 1, 2].map((count) => record(count))) log.write(one);
  log.write(record(3, { user: 'ann', osUser: 'ann' }));
  log.write(ofMachine);
  log.write(record(5));
});
afterAll(() => {
  at.close();
  removeTemporaryDirectories();
});

const ALL = 100;
const seconds = (count: number) => new Date(NOW.getTime() + count * 1000);
const cases: [string, Partial<Wanted>, number[], number][] = [
  ['everything', {}, upTo(6), 6],
  ['one person by name', { user: 'emo' }, [0, 1, 2, 5], 4],
  ['one person by account', { user: 'emil' }, [0, 1, 2, 5], 4],
  ['nobody', { user: 'ivy' }, [], 0],
  ['since a time, which counts', { since: seconds(3) }, [3, 4, 5], 3],
  ['one person since a time', { since: seconds(3), user: 'emo' }, [5], 1],
  ['the newest', { count: 2 }, [4, 5], 6],
  ['the newest of one person', { count: 3, user: 'emo' }, [1, 2, 5], 4],
  ['none, only how many there are', { count: 0 }, [], 6],
];

it.each(cases)('finds %s over all files, oldest first', (_, wanted, expected, matched) => {
  const found = findRecords(at.files, { count: ALL, ...wanted });
  expect(found.records.map(({ duration }) => duration)).toEqual(expected);
  expect(found.matched).toBe(matched);
});

it('finds nothing where there is no audit yet', () => {
  const empty = ground(temporaryDirectory());
  expect(findRecords(empty.files, { count: ALL })).toEqual({ records: [], matched: 0 });
  empty.close();
});

it('holds little of a file without an end of line in it', () => {
  const piece = Buffer.alloc(65_536, 'x');
  const pieces = [
    ...Array.from({ length: 3000 }, () => piece),
    Buffer.from(`\n${JSON.stringify(record(0))}\n`),
  ];
  let held = 0;
  const before = process.memoryUsage().arrayBuffers;
  const read = () => {
    held = Math.max(held, process.memoryUsage().arrayBuffers - before);
    return pieces.shift() ?? Buffer.alloc(0);
  };
  const endless = { ...EMPTY, open: () => ({ identity: '', read, close: () => undefined }) };
  expect(findRecords(endless, { count: ALL }).records).toEqual([record(0)]);
  expect(held).toBeLessThan(100 * 2 ** 20);
});

const EMPTY: AuditFiles = {
  append: () => 0,
  setAside: () => undefined,
  remove: () => undefined,
  names: () => [],
  open: () => undefined,
};
