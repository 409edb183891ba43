/** Log entries as lines of text, for whoever reads standard error. */
import type { Level } from './logger.ts';
import { PRIORITY, type Entry } from './log.ts';

/** Prints one entry, without the end of its line. */
export type Format = (entry: Entry) => string;

/** How words look on a terminal; functions that return what they are given where there is no colour. */
export interface Paint {
  readonly faint: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly error: (text: string) => string;
}

/** For a person at a terminal: the time of day, the matter, and what stands beside it. */
export function forTerminal(paint: Paint): Format {
  const colours: Readonly<Record<Level, (text: string) => string>> = {
    error: paint.error,
    warning: paint.warning,
    notice: paint.strong,
    info: (text) => text,
    debug: paint.faint,
  };
  return ({ level, message, fields, at }) => {
    const time = at.toTimeString().slice(0, 8);
    return `${paint.faint(time)} ${colours[level](level.padEnd(7))} ${message}${paint.faint(printFields(fields))}`;
  };
}

/** For a file, a pipe or the log of a container, which add no time of their own. */
export const forFile: Format = ({ level, message, fields, at }) =>
  `${at.toISOString()} ${level} ${message}${printFields(fields)}`;

/** For a stream to the journal, which knows time and sender itself: sd-daemon(3). */
export const forJournalStream: Format = ({ level, message, fields }) =>
  `<${PRIORITY[level]}>${message}${printFields(fields)}`;

/** ` key=value`, as logfmt has them: a value that is no single plain word stands in quotes. */
function printFields(fields: Entry['fields']): string {
  return Object.entries(fields)
    .map(([name, value]) => ` ${name}=${/^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)}`)
    .join('');
}
