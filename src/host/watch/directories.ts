/**
 * Watches directories by their paths on the machine, and says in which of them which name has changed.
 *
 * - A directory that is missing, removed, replaced or moved is watched (again) as soon as it is there: the directories
 *   above it are watched too, and tell. That it came or went is told as a change of the whole.
 * - No link but root's is followed, and below a directory that is not root's alone nothing is watched but a home itself.
 * - One that changes faster than anybody could look is left alone for a while: it is somebody's loop, or somebody's attempt
 *   to keep us busy.
 * - When the kernel has no watches left, homes go without first.
 */
import { type FSWatcher, watch } from 'node:fs';
import { posix } from 'node:path';
import { again, codeOf } from '../files/calls.ts';
import { Tree } from '../files/tree.ts';
import { isExhausted } from './exhausted.ts';
import { Rate } from './rate.ts';
import type { SetTimer } from './timer.ts';
import { type Trust, withDirectory } from './trust.ts';

export interface DirectoriesOptions {
  /** The open directory that is the machine's `/`. */
  readonly root: number;
  readonly onName: (directory: string, name: string) => void;
  /** Anything in it may have changed. */
  readonly onWhole: (directory: string) => void;
  /** No watches or descriptors are left: the code of the error. */
  readonly onLost: (code: string) => void;
  readonly setTimer: SetTimer;
  /** Milliseconds, of a clock that never goes back. */
  readonly now: () => number;
}

/** Milliseconds. A tree that is being made or replaced is walked once when it is there. */
const SETTLE_MS = 20;

/** Milliseconds without a watch for a directory that changes too fast. */
const PAUSE_MS = 30_000;

interface Wanted {
  readonly trust: Trust;
  /** False for one that is watched only for what is below it. */
  readonly isTold: boolean;
}

interface Open {
  readonly watcher: FSWatcher;
  /** Another directory at the same path has another. */
  readonly inode: string;
}

export class Directories {
  readonly #options: DirectoriesOptions;
  /** Those above come before those below, and homes last. */
  #wanted: ReadonlyMap<string, Wanted> = new Map();
  /** By path. A directory that is wanted, there and trusted is in here, or paused, or there are no watches left. */
  readonly #open = new Map<string, Open>();
  /** What calls the end of the pause off. */
  readonly #paused = new Map<string, () => void>();
  /** Paths to walk again with all below them; true where the watch must be a new one though the inode looks the same. */
  readonly #stale = new Map<string, boolean>();
  #cancelWalk: (() => void) | undefined;
  #isLost = false;

  constructor(options: DirectoriesOptions) {
    this.#options = options;
  }

  /** Watches these from now on, and no others. Nothing is told of what they are like now. */
  want(directories: ReadonlyMap<string, Trust>): void {
    this.#wanted = withParents(directories);
    for (const path of [...this.#open.keys(), ...this.#paused.keys()]) {
      if (!this.#wanted.has(path)) this.#forget(path);
    }
    this.#walk(new Map([['/', false]]));
  }

  close(): void {
    this.#cancelWalk?.();
    for (const path of [...this.#open.keys(), ...this.#paused.keys()]) this.#forget(path);
  }

  #forget(path: string): void {
    this.#open.get(path)?.watcher.close();
    this.#open.delete(path);
    this.#paused.get(path)?.();
    this.#paused.delete(path);
  }

  /** The told directories among those that are others now than before. */
  #walk(stale: ReadonlyMap<string, boolean>): string[] {
    const tree = new Tree({ fd: this.#options.root, path: '/' }, 'system');
    this.#isLost = false;
    try {
      return [...this.#wanted].flatMap(([path, { trust, isTold }]) => {
        const isForced = forcedBy(stale, path);
        if (isForced === undefined || this.#paused.has(path)) return [];
        return this.#renew(tree, path, trust, isForced) && isTold ? [path] : [];
      });
    } finally {
      tree.close();
    }
  }

  /** True when another directory is watched than before, or none any more. */
  #renew(tree: Tree, path: string, trust: Trust, isForced: boolean): boolean {
    const before = this.#open.get(path);
    const after = withDirectory(tree, path, trust, ({ fd, inode }) => {
      if (before?.inode === inode && !isForced) return before;
      const watcher = this.#watch(path, fd);
      return watcher && { watcher, inode };
    });
    if (after === before) return false;
    before?.watcher.close();
    this.#open.delete(path);
    if (after !== undefined) this.#open.set(path, after);
    return true;
  }

  #watch(path: string, fd: number): FSWatcher | undefined {
    if (this.#isLost) return undefined;
    try {
      const rate = new Rate(this.#options.now);
      const watcher = watch(again(fd), (type, name) => {
        if (rate.isExceeded()) this.#pause(path);
        else if (name !== null) this.#hear(path, type, name);
      });
      watcher.on('error', () => this.#expire(path, true));
      return watcher;
    } catch (error) {
      const code = codeOf(error);
      if (code === undefined) throw error;
      // The directory itself may be gone by now; then those above tell.
      this.#isLost = isExhausted(code);
      if (this.#isLost) this.#options.onLost(code);
      return undefined;
    }
  }

  #hear(path: string, type: string, name: string): void {
    const child = posix.join(path, name);
    if (this.#wanted.has(child)) this.#expire(child, type === 'rename');
    if (this.#wanted.get(path)?.isTold) this.#options.onName(path, name);
  }

  #expire(path: string, isForced: boolean): void {
    this.#stale.set(path, isForced || this.#stale.get(path) === true);
    this.#cancelWalk ??= this.#options.setTimer(() => {
      this.#cancelWalk = undefined;
      const stale = new Map(this.#stale);
      this.#stale.clear();
      for (const path of this.#walk(stale)) this.#options.onWhole(path);
    }, SETTLE_MS);
  }

  #pause(path: string): void {
    this.#forget(path);
    const resume = () => {
      this.#paused.delete(path);
      this.#expire(path, true);
    };
    this.#paused.set(path, this.#options.setTimer(resume, PAUSE_MS));
  }
}

function withParents(directories: ReadonlyMap<string, Trust>): Map<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  for (const path of directories.keys()) {
    for (let above = posix.dirname(path); !wanted.has(above); above = posix.dirname(above))
      wanted.set(above, { trust: 'system', isTold: false });
  }
  for (const [path, trust] of directories) wanted.set(path, { trust, isTold: true });
  const rank = ([path, { trust }]: [string, Wanted]) => (trust === 'home' ? 1e6 : 0) + path.length;
  return new Map([...wanted].sort((a, b) => rank(a) - rank(b)));
}

/** Undefined where neither the path nor one above it is stale. */
function forcedBy(stale: ReadonlyMap<string, boolean>, path: string): boolean | undefined {
  let isForced: boolean | undefined;
  for (let above = path; ; above = posix.dirname(above)) {
    const found = stale.get(above);
    if (found !== undefined) isForced = isForced === true || found;
    if (above === '/') return isForced;
  }
}
