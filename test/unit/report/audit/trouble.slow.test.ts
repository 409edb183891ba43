import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import fc from '../../../property.ts';
import { CURRENT, type AuditFiles } from '../../../../src/report/audit/files.ts';
import { findRecords } from '../../../../src/report/audit/read.ts';
import { removeTemporaryDirectories, temporaryDirectory } from '../../host/files/layout.ts';
import { ground, numbers, record, upTo } from './audits.ts';

afterEach(removeTemporaryDirectories);

const WRITER = join(import.meta.dirname, 'writer.ts');

const DISK_FULL = new Error('the system answered ENOSPC');

/** Files on which any step may fail: the real ones never do so when a test wants it. */
function faulty(files: AuditFiles) {
  let fails: (step: string) => boolean = () => false;
  const step = <T>(name: string, work: () => T): T => {
    if (fails(name)) throw DISK_FULL;
    return work();
  };
  return {
    fail: (when: typeof fails) => (fails = when),
    files: {
      append: (path, text) => step('append', () => files.append(path, text)),
      setAside: (from, to) => step('setAside', () => files.setAside(from, to)),
      remove: (path) => step('remove', () => files.remove(path)),
      names: (directory) => step('names', () => files.names(directory)),
      open: (path) => files.open(path),
    } satisfies AuditFiles,
  };
}

describe('while the file cannot be written', () => {
  it('records wait, which is said once, and are written when they can be', () => {
    const at = ground(temporaryDirectory());
    const { files, fail } = faulty(at.files);
    const log = at.open({ files });
    fail(() => true);
    for (const count of upTo(3)) log.write(record(count));
    expect(at.said).toEqual([
      'keep the audit: the system answered ENOSPC: records wait in memory until the file can be written',
    ]);
    fail(() => false);
    log.flush();
    expect(numbers(at.files)).toEqual(upTo(3));
    expect(at.said.slice(1)).toEqual([`keep the audit: ${CURRENT} is written again, 0 records are lost`]);
    log.close();
    expect(at.said).toHaveLength(2);
  });

  it('the oldest of too many are lost, which the file says where they would stand', () => {
    const at = ground(temporaryDirectory());
    const { files, fail } = faulty(at.files);
    const log = at.open({ files });
    fail(() => true);
    for (const count of upTo(5002)) log.write(record(count));
    fail(() => false);
    log.flush();
    const { records, matched } = findRecords(at.files, { count: 1e6 });
    expect(matched).toBe(5001);
    expect(records[0]).toEqual({
      at: '2026-03-10T12:00:00.000Z',
      action: 'keep-audit',
      subject: CURRENT,
      cause: { section: 'audit', kind: 'Retry', revision: '' },
      result: 'failed',
      reason: 'RecordsLost',
      message: '2 records could not be written and are lost',
      duration: 0,
    });
    expect(records[1]).toEqual(record(2));
    log.write(record(5002));
    expect(findRecords(at.files, { count: 0 }).matched).toBe(5002);
    expect(at.said.at(-1)).toBe(`keep the audit: ${CURRENT} is written again, 2 records are lost`);
  });

  it('the file is tried again now and then, not for every record', () => {
    const at = ground(temporaryDirectory());
    const { files, fail } = faulty(at.files);
    const log = at.open({ files });
    let tries = 0;
    fail(() => (tries++, true));
    for (const count of upTo(1000)) log.write(record(count));
    expect(tries).toBe(10);
    fail(() => false);
    for (const count of upTo(1100, 1000)) log.write(record(count));
    expect(numbers(at.files)).toEqual(upTo(1100));
  });

  it('what cannot be written to the end is lost, and said to be', () => {
    const at = ground(temporaryDirectory());
    const { files, fail } = faulty(at.files);
    const log = at.open({ files });
    fail(() => true);
    log.write(record(0));
    log.close();
    expect(at.said.at(-1)).toBe('keep the audit: 1 records are lost: the system answered ENOSPC');
  });

  it('a file that cannot be set aside grows, which is said once', () => {
    const at = ground(temporaryDirectory());
    const { files, fail } = faulty(at.files);
    const log = at.open({ files, limit: 1 });
    fail((step) => step === 'setAside');
    for (const count of upTo(3)) log.write(record(count));
    expect(at.said).toEqual([
      `set ${CURRENT} aside: the system answered ENOSPC: it grows until that can be done`,
    ]);
    expect(numbers(at.files)).toEqual(upTo(3));
    fail(() => false);
    log.write(record(3));
    expect(at.files.names('/var/log/workstation')).toEqual(['audit.000001.jsonl']);
    fail((step) => step === 'setAside');
    log.write(record(4));
    expect(at.said).toHaveLength(2);
  });
});

describe('a crash', () => {
  it('between any two steps, and in the middle of a line, loses nothing but what was being written', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(6), fc.nat(200)), { minLength: 1, maxLength: 30 }), (lives) => {
        const root = temporaryDirectory();
        const at = ground(root);
        let next = 0;
        for (const [steps, bytes] of lives) {
          const { files, fail } = faulty(at.files);
          const log = at.open({ files, limit: 900, keep: 1000 });
          const life = { left: steps };
          // The program ends with the first step that is not taken: nothing is closed, and nothing flushed.
          fail(() => life.left-- <= 0);
          for (; life.left > 0; next += 1) log.write(record(next));
          const half = JSON.stringify(record(next++)).slice(0, bytes);
          if (at.files.names('/var/log/workstation').length > 0) appendFileSync(join(root, CURRENT), half);
        }
        const found = numbers(at.files);
        at.close();
        expect(found).toEqual([...new Set(found)].sort((a, b) => a - b));
        expect(found.length).toBeGreaterThanOrEqual(next - 2 * lives.length);
      }),
      { numRuns: 40 },
    );
  });

  it('by SIGKILL leaves every record that was written, whole and in its order', async () => {
    const root = temporaryDirectory();
    const written: number[] = [];
    for (let life = 0; life < 4; life++) {
      const args = [WRITER, root, String(life * 1000)];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      const announced: number[] = [];
      for await (const line of createInterface(child.stdout)) {
        announced.push(Number(line));
        if (announced.length > 20 * life) child.kill('SIGKILL');
      }
      written.push(...announced);
    }
    const at = ground(root);
    const found = numbers(at.files);
    expect(found).toEqual(expect.arrayContaining(written));
    expect(found).toEqual([...new Set(found)].sort((a, b) => a - b));
    expect(at.files.names('/var/log/workstation').length).toBeGreaterThan(1);
    at.close();
  }, 60_000);
});
