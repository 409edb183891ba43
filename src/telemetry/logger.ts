/** What is said to whoever runs the program: one line each, with fields to find it by. */

/** As syslog(3) and journald rank them. */
export type Level = 'error' | 'warning' | 'notice' | 'info' | 'debug';

/** Facts beside the sentence, by lower-case name: `user`, `action`, `section`, `duration`. Never a secret, nor a file's content. */
export type Fields = Readonly<Record<string, string | number>>;

export interface Logger {
  /** @param message one printable line, no trailing period */
  log(level: Level, message: string, fields?: Fields): void;
  /** The same logger, with these fields on every line. */
  with(fields: Fields): Logger;
}
