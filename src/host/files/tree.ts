/**
 * Walks paths below one directory, a component at a time, so that no symbolic link is followed unseen, however fast
 * somebody swaps it. Directories stay open until `close`: a batch of paths walks each of them once.
 */
import { closeSync } from 'node:fs';
import { look, openDirectory, pathOf } from './calls.ts';
import type { Directory } from './calls.ts';
import { targetOf } from './links.ts';
import type { LinkPolicy } from './links.ts';
import { FileRefused, refusing } from './refusal.ts';

/** A name in an open directory. */
export interface Place {
  readonly directory: Directory;
  readonly name: string;
}

/** Makes the missing directory `name` in `directory`. */
export type Make = (directory: Directory, name: string) => void;

/** As many as Linux follows, see path_resolution(7). */
const MOST_LINKS = 40;

interface Node extends Directory {
  /** Absent at the root, whose `..` is itself, as after chroot(2). */
  readonly up?: Node;
  readonly below: Map<string, Node>;
  /** Names of directories that were seen here and not entered yet. */
  readonly seen: Set<string>;
}

export class Tree {
  readonly #policy: LinkPolicy;
  readonly #root: Node;
  readonly #opened: number[] = [];
  /** Links followed on behalf of the path in hand. */
  #followed = 0;

  /** `root` is left open by `close`. */
  constructor(root: Directory, policy: LinkPolicy) {
    this.#root = { fd: root.fd, path: root.path, below: new Map(), seen: new Set() };
    this.#policy = policy;
  }

  get root(): Directory {
    return this.#root;
  }

  close(): void {
    for (const fd of this.#opened.splice(0)) closeSync(fd);
  }

  /**
   * The directory of this path, made with its parents where `make` is given.
   * @returns undefined where it or a parent is absent
   * @throws FileRefused where something else is in the way
   */
  directory(path: string, make?: Make): Directory | undefined {
    this.#followed = 0;
    return this.#walk(this.#root, this.#components(path), make);
  }

  /** The place of this path in its parent directory; undefined where a parent is absent. */
  locate(path: string, make?: Make): Place | undefined {
    const parts = this.#components(path);
    const name = parts.pop();
    if (name === undefined) throw new TypeError(`find ${path} in its parent: it is the root of the tree`);
    this.#followed = 0;
    const directory = this.#walk(this.#root, parts, make);
    return directory && { directory, name };
  }

  /** A directory was seen at a place that was located here: to enter it, it need not be looked at again. */
  sawDirectory({ directory, name }: Place): void {
    (directory as Node).seen.add(name);
  }

  /** Where the link at a place that was located here leads, itself perhaps a link; undefined where a parent is absent. */
  follow(place: Place): Place | undefined {
    const { start, parts } = this.#target(place.directory as Node, place.name);
    const name = parts.pop() ?? '..';
    const directory = this.#walk(start, parts);
    if (name === '..')
      throw new FileRefused({ reason: 'error', at: pathOf(place.directory, place.name), code: 'EISDIR' });
    return directory && { directory, name };
  }

  #components(path: string): string[] {
    const { path: root } = this.#root;
    if (path === root) return [];
    const prefix = root === '/' ? root : `${root}/`;
    const parts = path.slice(prefix.length).split('/');
    if (
      !path.startsWith(prefix) ||
      parts.some((part) => ['', '.', '..'].includes(part) || part.includes('\0'))
    )
      throw new TypeError(`use the path ${JSON.stringify(path)}: it is no normalized path below ${root}`);
    return parts;
  }

  #walk(start: Node, parts: readonly string[], make?: Make): Node | undefined {
    let current = start;
    const rest = [...parts];
    for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
      let next = this.#enter(current, name);
      if (next === 'absent' && make !== undefined) {
        make(current, name);
        next = this.#enter(current, name);
      }
      if (next === 'absent') return undefined;
      if (next === 'link') {
        const { start, parts } = this.#target(current, name);
        next = start;
        rest.unshift(...parts);
      }
      current = next;
    }
    return current;
  }

  #enter(from: Node, name: string): Node | 'absent' | 'link' {
    if (name === '..') return from.up ?? from;
    const known = from.below.get(name);
    if (known !== undefined) return known;
    const path = pathOf(from, name);
    const found = from.seen.delete(name) ? 'directory' : kindAt(from, name, path);
    if (found !== 'directory') return found;
    const fd = refusing(path, () => openDirectory(from, name));
    const node: Node = { fd, path, up: from, below: new Map(), seen: new Set() };
    this.#opened.push(fd);
    from.below.set(name, node);
    return node;
  }

  #target(from: Node, name: string): { start: Node; parts: string[] } {
    const target = targetOf(from, name, this.#policy);
    this.#followed += 1;
    if (this.#followed > MOST_LINKS)
      throw new FileRefused({ reason: 'error', at: pathOf(from, name), code: 'ELOOP' });
    const parts = target.split('/').filter((part) => part !== '' && part !== '.');
    return { start: target.startsWith('/') ? this.#root : from, parts };
  }
}

function kindAt(directory: Directory, name: string, path: string): 'directory' | 'absent' | 'link' {
  const found = refusing(path, () => look(directory, name));
  if (found === undefined) return 'absent';
  if (found.isSymbolicLink()) return 'link';
  if (!found.isDirectory()) throw new FileRefused({ reason: 'not-a-directory', at: path });
  return 'directory';
}
