/** One database file, read again only when it is another one or has changed. */
import { closeSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';

export class WatchedFile<Content> {
  readonly path: string;
  readonly #parse: (text: string) => Content;
  #identity = '';
  #content: Content | undefined;
  /** Whether it was looked at since this program last waited for anything. */
  #isFresh = false;

  constructor(path: string, parse: (text: string) => Content) {
    this.path = path;
    this.#parse = parse;
  }

  /**
   * The same object as before while the file is the same. Whoever asks for several things at one go sees one state, and
   * costs one look: nothing that is waited for, such as a tool that changes the file, can end meanwhile.
   * @throws the error of the system call: an unreadable database must never pass for an empty one
   */
  read(): Content {
    if (this.#content === undefined || !this.#isFresh) this.#content = this.#current();
    if (!this.#isFresh) queueMicrotask(() => (this.#isFresh = false));
    this.#isFresh = true;
    return this.#content;
  }

  #current(): Content {
    const isSame = () => identity(statSync(this.path, { bigint: true })) === this.#identity;
    if (this.#content !== undefined && isSame()) return this.#content;
    const fd = openSync(this.path, 'r');
    try {
      const found = identity(fstatSync(fd, { bigint: true }));
      const content = this.#parse(readFileSync(fd, 'utf8'));
      this.#identity = found;
      return content;
    } finally {
      closeSync(fd);
    }
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
