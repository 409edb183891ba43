/** Where the audit is kept, and how it reaches its files. */

export const DIRECTORY = '/var/log/workstation';
export const CURRENT = `${DIRECTORY}/audit.jsonl`;

/** A file that stays the same whatever becomes of its name. */
export interface OpenLog {
  /** Two open files with the same identity are one. */
  readonly identity: string;
  /** The next bytes, none at the end; they hold until the next call. */
  read(): Buffer;
  close(): void;
}

/** The host gives it. Paths are absolute, as the machine names them; what cannot be done throws. */
export interface AuditFiles {
  /**
   * Appends whole lines, or nothing, making the file and its directory. Where a crash left half a line, that is ended
   * first. The size of the file after it, in bytes.
   */
  append(path: string, text: string): number;
  /** Gives a file another name, which nothing has, in one step. */
  setAside(from: string, to: string): void;
  remove(path: string): void;
  /** The names in a directory; none where there is no such directory. */
  names(directory: string): readonly string[];
  /** Undefined where there is no such file. */
  open(path: string): OpenLog | undefined;
}

const ARCHIVE = /^audit\.([0-9]{6,})\.jsonl$/;

/** The files that were set aside, oldest first. Their numbers only rise, so a clock that jumps changes nothing. */
export function archivesOf(files: AuditFiles): string[] {
  return files
    .names(DIRECTORY)
    .filter((name) => ARCHIVE.test(name))
    .sort((a, b) => numberOf(a) - numberOf(b))
    .map((name) => `${DIRECTORY}/${name}`);
}

export function archiveAfter(archives: readonly string[]): string {
  const last = archives.at(-1);
  const number = last === undefined ? 1 : numberOf(last.slice(DIRECTORY.length + 1)) + 1;
  return `${DIRECTORY}/audit.${String(number).padStart(6, '0')}.jsonl`;
}

function numberOf(name: string): number {
  return Number(ARCHIVE.exec(name)?.[1]);
}
