/** A logger that makes every line safe and short once, and hands it to one sink. */
import { escapeControls } from '../api/text/show.ts';
import type { Fields, Level, Logger } from './logger.ts';

/** One line, safe to write anywhere: printable, bounded. */
export interface Entry {
  readonly level: Level;
  readonly message: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly at: Date;
}

/** Takes an entry somewhere; must not throw. */
export type Sink = (entry: Entry) => void;

/** As syslog(3) numbers them; the lower, the graver. */
export const PRIORITY: Readonly<Record<Level, number>> = {
  error: 3,
  warning: 4,
  notice: 5,
  info: 6,
  debug: 7,
};

/**
 * In UTF-16 units. All of an entry must fit into one datagram, whose limit is some 200 KiB (net.core.wmem_default), with
 * each unit escaped to six bytes.
 */
const LONGEST_MESSAGE = 16 * 1024;
const LONGEST_FIELD = 1024;

export interface LogOptions {
  readonly sink: Sink;
  /** What is less grave is not said. */
  readonly threshold: Level;
  readonly now: () => Date;
}

export function createLogger(options: LogOptions): Logger {
  return new SinkLogger(options, {});
}

class SinkLogger implements Logger {
  readonly #options: LogOptions;
  readonly #fields: Readonly<Record<string, string>>;

  constructor(options: LogOptions, fields: Readonly<Record<string, string>>) {
    this.#options = options;
    this.#fields = fields;
  }

  log(level: Level, message: string, fields: Fields = {}): void {
    const { sink, threshold, now } = this.#options;
    if (PRIORITY[level] > PRIORITY[threshold]) return;
    sink({
      level,
      message: safe(message, LONGEST_MESSAGE),
      fields: { ...this.#fields, ...safeFields(fields) },
      at: now(),
    });
  }

  with(fields: Fields): Logger {
    return new SinkLogger(this.#options, { ...this.#fields, ...safeFields(fields) });
  }
}

function safeFields(fields: Fields): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, safe(String(value), LONGEST_FIELD)]),
  );
}

/** What is cut off is counted, so that nobody takes the rest for the whole. */
function safe(text: string, longest: number): string {
  if (text.length <= longest) return escapeControls(text);
  return `${escapeControls(text.slice(0, longest))}… (${text.length - longest} more)`;
}
