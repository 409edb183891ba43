/** Records of the audit as a table, or as data. */
import { API_VERSION } from '../../api/user.ts';
import type { AuditRecord } from '../../report/auditrecord.ts';
import { printTook } from './duration.ts';
import type { Printed } from './resources.ts';
import { printStructured, type Structure } from './structured.ts';
import { printTable, type Column } from './table.ts';

export type HistoryFormat = 'table' | 'wide' | Structure;

/** @param records oldest first */
export function printHistory(records: readonly AuditRecord[], format: HistoryFormat): Printed {
  if (format === 'json' || format === 'yaml') {
    const list = { apiVersion: API_VERSION, kind: 'AuditRecordList', items: records };
    return { out: printStructured(list, format), err: '' };
  }
  if (records.length === 0) return { out: '', err: 'No changes found\n' };
  const columns = COLUMNS.filter(({ wide }) => format === 'wide' || wide !== true);
  return { out: printTable(columns, records), err: '' };
}

/** `failed (CloneFailed)`. */
export function resultOf({ result, reason }: AuditRecord): string {
  return reason === undefined ? result : `${result} (${reason})`;
}

const COLUMNS: readonly Column<AuditRecord>[] = [
  // To the second, as people compare it with other logs.
  { header: 'TIME', cell: ({ at }) => at.replace(/\.\d+(?=Z$)/, '') },
  { header: 'USER', cell: ({ user }) => user ?? '(machine)' },
  { header: 'ACTION', cell: ({ action }) => action },
  { header: 'SUBJECT', cell: ({ subject }) => subject },
  { header: 'CAUSE', cell: ({ cause }) => `${cause.kind} (${cause.section})` },
  { header: 'RESULT', cell: resultOf },
  { header: 'DURATION', cell: ({ duration }) => printTook(duration) },
  { header: 'BEFORE', wide: true, cell: ({ before }) => before ?? '' },
  { header: 'REVISION', wide: true, cell: ({ cause }) => cause.revision },
  { header: 'MESSAGE', cell: ({ message }) => message ?? '' },
];
