/** `history`: what was changed on the machine, from the audit. */
import { FileRefused } from '../host/files/refusal.ts';
import { SystemFiles } from '../host/files/system.ts';
import { LOG_READERS, LogFiles } from '../host/logfiles.ts';
import { rootOf, settleReach } from '../host/programs/reach.ts';
import { CURRENT } from '../report/audit/files.ts';
import { findRecords, type Found, type Wanted } from '../report/audit/read.ts';
import type { Io } from './io.ts';
import { reachOf, type MachineOptions } from './machine.ts';
import { printHistory, type HistoryFormat } from './print/history.ts';
import { timeOf } from './since.ts';

type HistoryOptions = Pick<MachineOptions, 'root' | 'host'> & {
  readonly since?: string;
  readonly lines: number;
  readonly output?: Exclude<HistoryFormat, 'table'>;
};

export async function history(io: Io, user: string | undefined, options: HistoryOptions): Promise<number> {
  const { since, lines, output = 'table' } = options;
  const { records, matched } = await find(options, {
    ...(user === undefined ? {} : { user }),
    ...(since === undefined ? {} : { since: timeOf(since, io.now()) }),
    count: lines,
  });
  const printed = printHistory(records, output);
  io.out(printed.out);
  io.err(printed.err);
  if (matched > records.length)
    io.err(`shown are the newest ${records.length} of ${matched} records: -n ${matched} shows all\n`);
  return 0;
}

async function find(options: HistoryOptions, wanted: Wanted): Promise<Found> {
  const files = new SystemFiles(rootOf(await settleReach(reachOf(options))) || '/');
  try {
    return findRecords(new LogFiles(files), wanted);
  } catch (error) {
    if (!(
      error instanceof FileRefused &&
      error.refusal.reason === 'error' &&
      error.refusal.code === 'EACCES'
    ))
      throw error;
    throw new Error(
      `read ${CURRENT}: only root and the group ${LOG_READERS} may read it: run the command with sudo`,
      { cause: error },
    );
  } finally {
    files.close();
  }
}
