/** Records, logs and their files for the tests of this folder. */
import { rmSync } from 'node:fs';
import { SystemFiles } from '../../../../src/host/files/system.ts';
import { LogFiles } from '../../../../src/host/logfiles.ts';
import type { AuditFiles } from '../../../../src/report/audit/files.ts';
import { AuditLog, type AuditSetting } from '../../../../src/report/audit/log.ts';
import { findRecords } from '../../../../src/report/audit/read.ts';
import type { AuditRecord } from '../../../../src/report/auditrecord.ts';

export const NOW = new Date('2026-03-10T12:00:00Z');

/** The `count`th change, one a second. */
export function record(count: number, more: Partial<AuditRecord> = {}): AuditRecord {
  return {
    at: new Date(NOW.getTime() + count * 1000).toISOString(),
    user: 'emo',
    osUser: 'emil',
    action: 'write-file',
    subject: `/home/emil/${count}`,
    cause: { section: 'files', kind: 'Drift', revision: 'abc' },
    before: 'absent',
    result: 'done',
    duration: count,
    ...more,
  };
}

export function ground(root: string, more: Partial<AuditSetting> = {}) {
  const system = new SystemFiles(root);
  const files: AuditFiles = new LogFiles(system);
  const said: string[] = [];
  const open = (setting: Partial<AuditSetting> = {}) =>
    new AuditLog({ files, say: (message) => said.push(message), now: () => NOW, ...more, ...setting });
  return { files, said, open, close: () => system.close(), wipe: () => rmSync(root, { recursive: true }) };
}

/** What subjects' names end in, oldest first. */
export function numbers(files: AuditFiles): number[] {
  const { records } = findRecords(files, { count: 1e6 });
  return records.map(({ subject }) => Number(subject.split('/').at(-1)));
}

export function upTo(end: number, start = 0): number[] {
  return Array.from({ length: end - start }, (_, index) => start + index);
}
