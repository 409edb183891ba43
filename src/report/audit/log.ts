/**
 * The audit: every change made to the machine, as lines of JSON in a file that is only appended to.
 *
 * - A record is in the file whole, or not at all; what a crash leaves of one is skipped by readers.
 * - Nothing here throws: a pass goes on while the disk is full. Records wait then, and the oldest go when too many do; the
 *   first record that can be written again says how many are lost.
 * - A file that is long enough is set aside, and the oldest of those is removed. A crash between any two steps loses
 *   nothing and repeats nothing.
 */
import type { AuditRecord } from '../auditrecord.ts';
import { archiveAfter, archivesOf, CURRENT, type AuditFiles } from './files.ts';

export interface AuditSetting {
  readonly files: AuditFiles;
  /** Told when records cannot be written, and when they can be again: one line without trailing period. */
  say(message: string): void;
  now(): Date;
  /** Bytes after which a file is set aside. */
  readonly limit?: number;
  /** How many files that were set aside are kept. */
  readonly keep?: number;
}

const LIMIT = 10 * 2 ** 20;
const KEEP = 10;
/** Records that wait: a few passes over a hundred people, in some megabytes. */
const MOST_WAITING = 5000;
/** Records that come in trouble before the file is tried again: each time writes all that wait. */
const PATIENCE = 100;

export class AuditLog {
  readonly #setting: AuditSetting;
  /** Lines that are not in the file yet, oldest first. */
  readonly #waiting: string[] = [];
  /** Records that were given up since the last one that was written. */
  #lost = 0;
  /** What kept the file from being written when that was tried last. */
  #trouble: string | undefined;
  /** Records that came since then. */
  #since = 0;
  #isTooLong = false;

  constructor(setting: AuditSetting) {
    this.#setting = setting;
  }

  write(record: AuditRecord): void {
    this.#waiting.push(lineOf(record));
    while (this.#waiting.length > MOST_WAITING) {
      this.#waiting.shift();
      this.#lost += 1;
    }
    this.#since += 1;
    if (this.#trouble === undefined || this.#since >= PATIENCE) this.flush();
  }

  /** Tries again to write what waits. Whoever holds the log calls it now and then: after a pass. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    this.#since = 0;
    const loss = this.#lost === 0 ? '' : lineOf(lossOf(this.#lost, this.#setting.now()));
    const text = loss + this.#waiting.join('');
    try {
      const size = this.#setting.files.append(CURRENT, text);
      this.#recover();
      if (size >= (this.#setting.limit ?? LIMIT)) this.#rotate();
    } catch (error) {
      this.#despair(messageOf(error));
    }
  }

  /** Writes what waits; what cannot be written by now is lost, and said to be. */
  close(): void {
    this.flush();
    const left = this.#waiting.splice(0).length + this.#lost;
    if (left > 0) this.#setting.say(`keep the audit: ${left} records are lost: ${this.#trouble}`);
  }

  #despair(trouble: string): void {
    if (this.#trouble === undefined)
      this.#setting.say(`keep the audit: ${trouble}: records wait in memory until the file can be written`);
    this.#trouble = trouble;
  }

  #recover(): void {
    if (this.#trouble !== undefined)
      this.#setting.say(`keep the audit: ${CURRENT} is written again, ${this.#lost} records are lost`);
    this.#waiting.length = 0;
    this.#trouble = undefined;
    this.#lost = 0;
  }

  /** One step after another, each of which leaves nothing half done. */
  #rotate(): void {
    const { files, keep = KEEP } = this.#setting;
    try {
      const archives = archivesOf(files);
      files.setAside(CURRENT, archiveAfter(archives));
      for (const path of archives.slice(0, Math.max(0, archives.length + 1 - keep))) files.remove(path);
      this.#isTooLong = false;
    } catch (error) {
      if (!this.#isTooLong)
        this.#setting.say(`set ${CURRENT} aside: ${messageOf(error)}: it grows until that can be done`);
      this.#isTooLong = true;
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function lineOf(record: AuditRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** Stands where the lost records would. */
function lossOf(count: number, at: Date): AuditRecord {
  return {
    at: at.toISOString(),
    action: 'keep-audit',
    subject: CURRENT,
    cause: { section: 'audit', kind: 'Retry', revision: '' },
    result: 'failed',
    reason: 'RecordsLost',
    message: `${count} records could not be written and are lost`,
    duration: 0,
  };
}
