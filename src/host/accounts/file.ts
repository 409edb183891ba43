/** One database file, read again only when it is another one or has changed. */
import { closeSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';

export class WatchedFile<Content> {
  readonly path: string;
  readonly #parse: (text: string) => Content;
  #identity = '';
  #content: Content | undefined;

  constructor(path: string, parse: (text: string) => Content) {
    this.path = path;
    this.#parse = parse;
  }

  /**
   * The same object as before while the file is the same.
   * @throws the error of the system call: an unreadable database must never pass for an empty one
   */
  read(): Content {
    if (this.#content === undefined || identity(statSync(this.path, { bigint: true })) !== this.#identity) {
      const fd = openSync(this.path, 'r');
      try {
        this.#identity = identity(fstatSync(fd, { bigint: true }));
        this.#content = this.#parse(readFileSync(fd, 'utf8'));
      } finally {
        closeSync(fd);
      }
    }
    return this.#content;
  }

  /** As `read`; undefined when it is not there or not for us to read. */
  readIfAllowed(): Content | undefined {
    try {
      return this.read();
    } catch (error) {
      if (['ENOENT', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
      throw error;
    }
  }
}

/** Tools replace the file by renaming; an editor may write into it, and mtime can be set back. */
function identity({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}
