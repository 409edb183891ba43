/**
 * The journal's own protocol, which keeps fields apart: https://systemd.io/JOURNAL_NATIVE_PROTOCOL. One datagram is one
 * entry, one line of it is one field; no value has a line break, since entries are printable.
 */
import type { Datagrams } from './datagrams.ts';
import { PRIORITY, type Entry, type Sink } from './log.ts';

/** @param instead takes the entries that the journal did not */
export function journalSink(journal: Datagrams, instead: Sink): Sink {
  return (entry) => journal.send(journalEntry(entry), () => instead(entry));
}

export function journalEntry({ level, message, fields }: Entry): Buffer {
  const lines = [
    `MESSAGE=${message}`,
    `PRIORITY=${PRIORITY[level]}`,
    'SYSLOG_IDENTIFIER=workstation',
    ...Object.entries(fields).map(([name, value]) => `${fieldName(name)}=${value}`),
  ];
  return Buffer.from(lines.map((line) => `${line}\n`).join(''));
}

/** `osUser` is WORKSTATION_OS_USER. The journal drops a field whose name has anything else, or more than 64 characters. */
function fieldName(name: string): string {
  const words = name.replaceAll(/[A-Z]/g, '_$&').toUpperCase();
  return `WORKSTATION_${words.replaceAll(/[^A-Z0-9_]/g, '_')}`.slice(0, 64);
}
