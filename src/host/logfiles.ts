/** Files of records on a machine: appended to, set aside when they are long, and read back piece by piece. */
import { closeSync, fstatSync, readSync } from 'node:fs';
import type { SystemFiles } from './files/system.ts';

/** Who reads logs besides root: Debian's policy manual, and systemd's own tmpfiles.d, name this group. */
export const LOG_READERS = 'adm';

const FOR_READERS = 0o640;
const FOR_ROOT = 0o600;
/** Bytes that are read at once. */
const PIECE = 65_536;

/** Paths are absolute, as the machine names them. Everything here throws FileRefused. */
export class LogFiles {
  readonly #files: SystemFiles;
  readonly #readers: () => number | undefined;

  /** `readers` gives the id of the group that may read what is made here; undefined where there is none. */
  constructor(files: SystemFiles, readers: () => number | undefined = () => undefined) {
    this.#files = files;
    this.#readers = readers;
  }

  /** The size of the file after it, in bytes. */
  append(path: string, text: string): number {
    const gid = this.#readers();
    const access = gid === undefined ? { mode: FOR_ROOT } : { mode: FOR_READERS, gid };
    return this.#files.appendLines({ path, text, ...access });
  }

  setAside(from: string, to: string): void {
    this.#files.setAside(from, to);
  }

  remove(path: string): void {
    this.#files.removeFile(path);
  }

  /** The names in a directory, sorted; none where there is no such directory. */
  names(directory: string): readonly string[] {
    const entry = this.#files.observe([{ path: directory, read: 'list' }]).get(directory);
    return entry?.kind === 'directory' ? (entry.names ?? []) : [];
  }

  /** Undefined where there is no such file. What `read` returns holds until the next call. */
  open(path: string) {
    const fd = this.#files.openToRead(path);
    if (fd === undefined) return undefined;
    const piece = Buffer.alloc(PIECE);
    const { dev, ino } = fstatSync(fd);
    return {
      identity: `${dev}:${ino}`,
      read: () => piece.subarray(0, readSync(fd, piece)),
      close: () => closeSync(fd),
    };
  }
}
