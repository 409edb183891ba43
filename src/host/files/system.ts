import { closeSync } from 'node:fs';
import type { Entries, Entry, Probe } from '../../sections/facts.ts';
import { appendLines, openToRead, removeFile, setAside } from './append.ts';
import type { LinesToAppend } from './append.ts';
import { openRoot } from './calls.ts';
import type { DirectoryToMake } from './directories.ts';
import { observe, observeAll } from './observe.ts';
import { giveDirectory } from './give.ts';
import type { Gift } from './give.ts';
import { operate } from './operation.ts';
import type { Operation } from './operation.ts';
import { Contents } from './read.ts';
import { FileRefused } from './refusal.ts';
import type { Rename } from './rename.ts';
import { makeLink, removeLink } from './symlink.ts';
import type { LinkToMake } from './symlink.ts';
import { Tree } from './tree.ts';
import type { FileToWrite } from './write.ts';

/**
 * The machine's own files, with this process's rights, synchronously. Paths are absolute, as the machine names them; what
 * is made belongs to the user and group of this process. Every change is safe to repeat and throws FileRefused.
 */
export class SystemFiles {
  readonly #root: number;
  readonly #contents = new Contents();

  /** `root` is where the machine's `/` is. */
  constructor(root = '/') {
    this.#root = openRoot(root);
  }

  /** Links that only root can have put there are followed where content is asked for. */
  observe(probes: readonly Probe[]): Entries {
    return this.#withTree((tree) => new Map(observeAll(tree, probes, this.#contents)));
  }

  /** The text of a file of up to so many bytes, read anew each time. */
  observeText(path: string, limit: number): Entry {
    return this.#withTree((tree) => observe(tree, { path, read: 'text' }, new Contents(), limit));
  }

  writeFile(file: FileToWrite): void {
    this.#operate({ op: 'write-file', ...file });
  }

  makeDirectory(directory: DirectoryToMake): void {
    this.#operate({ op: 'make-directory', ...directory });
  }

  /** The path on the machine of an existing directory, with no link left in it. */
  resolve(path: string): string {
    return this.#withTree((tree) => {
      const directory = tree.directory(path);
      if (directory === undefined) throw new FileRefused({ reason: 'error', at: path, code: 'ENOENT' });
      return directory.path;
    });
  }

  setMode(path: string, mode: number): void {
    this.#operate({ op: 'set-mode', path, mode });
  }

  /** To the person whose home it is in. */
  giveDirectory(gift: Gift): void {
    this.#withTree((tree) => giveDirectory(tree, gift));
  }

  makeLink(link: LinkToMake): void {
    this.#withTree((tree) => makeLink(tree, link));
  }

  removeLink(path: string): void {
    this.#withTree((tree) => removeLink(tree, path));
  }

  rename(move: Rename): void {
    this.#operate({ op: 'rename', ...move });
  }

  /** Takes as long as the tree is large. */
  removeTree(path: string): void {
    this.#operate({ op: 'remove-tree', path });
  }

  /** Removes what a crash left unfinished in this directory. */
  removeLeftovers(path: string): void {
    this.#operate({ op: 'remove-leftovers', path });
  }

  /** The size of the file after it, in bytes. */
  appendLines(lines: LinesToAppend): number {
    return this.#withTree((tree) => appendLines(tree, lines));
  }

  /** A descriptor to read from; undefined where there is no such file. */
  openToRead(path: string): number | undefined {
    return this.#withTree((tree) => openToRead(tree, path));
  }

  setAside(from: string, to: string): void {
    this.#withTree((tree) => setAside(tree, from, to));
  }

  removeFile(path: string): void {
    this.#withTree((tree) => removeFile(tree, path));
  }

  close(): void {
    closeSync(this.#root);
  }

  #operate(operation: Operation): void {
    let isFinished = false;
    while (!isFinished) isFinished = this.#withTree((tree) => operate(tree, operation));
  }

  #withTree<T>(work: (tree: Tree) => T): T {
    const tree = new Tree({ fd: this.#root, path: '/' }, 'system');
    try {
      return work(tree);
    } finally {
      tree.close();
    }
  }
}
