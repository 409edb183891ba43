/** The audit read back, oldest first, a piece at a time: files may be longer than anybody wants to hold. */
import { isMapping, parseJson } from '../../api/text/json.ts';
import type { AuditRecord } from '../auditrecord.ts';
import { archivesOf, CURRENT, type AuditFiles, type OpenLog } from './files.ts';

/** Bytes of the longest line that may be a record: paths and messages are shorter than this together. */
const LONGEST = 256 * 1024;
const NEWLINE = 0x0a;

export interface Wanted {
  /** metadata.name or OS user; everybody and the machine when left out. */
  readonly user?: string;
  readonly since?: Date;
  /** At most so many, the newest. */
  readonly count: number;
}

export interface Found {
  /** Oldest first. */
  readonly records: readonly AuditRecord[];
  /** Whatever matched, those that are too many included. */
  readonly matched: number;
}

/** @throws what the files throw, e.g. where they may not be read */
export function findRecords(files: AuditFiles, { user, since, count }: Wanted): Found {
  const kept: AuditRecord[] = [];
  let matched = 0;
  for (const record of recordsIn(files)) {
    if (user !== undefined && record.user !== user && record.osUser !== user) continue;
    if (since !== undefined && Date.parse(record.at) < since.getTime()) continue;
    matched += 1;
    kept.push(record);
    // Now and then, since each time moves all of them.
    if (kept.length >= 2 * count) kept.splice(0, kept.length - count);
  }
  return { records: count === 0 ? [] : kept.slice(-count), matched };
}

/** What is no whole record, as a crash leaves it, is skipped. */
export function* recordsIn(files: AuditFiles): Generator<AuditRecord> {
  // Opened first: if it is set aside meanwhile, it is known by its identity and still read last.
  const current = files.open(CURRENT);
  try {
    for (const path of archivesOf(files)) {
      const archive = files.open(path);
      if (archive === undefined) continue;
      try {
        if (archive.identity !== current?.identity) yield* recordsOf(archive);
      } finally {
        archive.close();
      }
    }
    if (current !== undefined) yield* recordsOf(current);
  } finally {
    current?.close();
  }
}

/** Those of the newest file alone: bounded, for whoever must not wait long. */
export function* latestRecordsIn(files: AuditFiles): Generator<AuditRecord> {
  const current = files.open(CURRENT);
  try {
    if (current !== undefined) yield* recordsOf(current);
  } finally {
    current?.close();
  }
}

function* recordsOf(log: OpenLog): Generator<AuditRecord> {
  for (const line of linesOf(log)) {
    const value = parseJson(line);
    if (isRecord(value)) yield value;
  }
}

/** Whole lines only; one that is too long to be a record is left out. */
function* linesOf(log: OpenLog): Generator<string> {
  let rest: Buffer[] = [];
  let length = 0;
  for (let piece = log.read(); piece.length > 0; piece = log.read()) {
    let start = 0;
    for (let end = piece.indexOf(NEWLINE); end !== -1; end = piece.indexOf(NEWLINE, start)) {
      length += end - start;
      if (length <= LONGEST) yield Buffer.concat([...rest, piece.subarray(start, end)]).toString();
      rest = [];
      length = 0;
      start = end + 1;
    }
    length += piece.length - start;
    // The piece holds only until the next one is read.
    rest = length <= LONGEST ? [...rest, Buffer.from(piece.subarray(start))] : [];
  }
}

function isRecord(value: unknown): value is AuditRecord {
  if (!isMapping(value) || !isMapping(value.cause)) return false;
  const { at, action, subject, result, duration, cause } = value;
  const words = [at, action, subject, cause.section, cause.kind, cause.revision];
  const mayBeAbsent = [value.user, value.osUser, value.before, value.reason, value.message];
  return (
    words.every((word) => typeof word === 'string') &&
    mayBeAbsent.every((word) => word === undefined || typeof word === 'string') &&
    (result === 'done' || result === 'failed') &&
    typeof duration === 'number'
  );
}
