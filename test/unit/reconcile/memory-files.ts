/** The files and clones of a machine in memory. */
import type { Done } from '../../../src/host/machine.ts';
import type { Before, CloneSpec, Upstream } from '../../../src/sections/action.ts';
import { SOURCES } from '../sections/build.ts';
import { file, treeOf, type Tree } from '../sections/tree.ts';

export const NOW = Date.UTC(2026, 0, 2);
const DONE: Done = { kind: 'done' };

export class MemoryFiles {
  readonly tree: Tree = treeOf('', {
    ...SOURCES,
    '/etc/claude-code/managed-settings.json': { kind: 'absent' },
  });

  put(path: string, entry: ReturnType<typeof file>): Done {
    this.tree.set(path, entry);
    return DONE;
  }

  below(path: string): Tree {
    return new Map([...this.tree].filter(([key]) => key === path || key.startsWith(`${path}/`)));
  }

  isAs(path: string, before: Before): boolean {
    const entry = this.tree.get(path);
    if (before.kind === 'absent') return entry === undefined || entry.kind === 'absent';
    return entry?.kind === 'file' && entry.text === before.text && entry.links === 1;
  }

  move(from: string, to: string): Done {
    if (this.below(to).size > 0) return failed(`${to} exists`);
    for (const [path, entry] of this.below(from)) {
      this.tree.delete(path);
      this.tree.set(to + path.slice(from.length), entry);
    }
    return DONE;
  }

  clone({ path, url, branch, upstream }: CloneSpec): Done {
    if (this.below(path).size > 0) return failed(`${path} exists`);
    this.put(`${path}/.git/config`, file(`[remote "origin"]\n\turl = ${url}\n`, 0o644, { modified: NOW }));
    this.checkOut(path);
    return upstream === undefined || branch === undefined ? DONE : this.track(path, branch, upstream);
  }

  checkOut(path: string): Done {
    this.put(`${path}/.git/index`, file(''));
    return this.put(`${path}/README`, file('read me\n'));
  }

  track(path: string, branch: string, { remote, url }: Upstream): Done {
    const config = this.tree.get(`${path}/.git/config`);
    const text = config?.kind === 'file' ? (config.text ?? '') : raise('no clone');
    const more = `[remote "${remote}"]\n\turl = ${url}\n[branch "${branch}"]\n\tremote = ${remote}\n\tmerge = refs/heads/${branch}\n`;
    return this.put(`${path}/.git/config`, file(text + more, 0o644, { modified: NOW }));
  }
}

export function failed(message: string): Done {
  return { kind: 'failed', reason: 'Refused', message };
}

export function raise(message: string): never {
  throw new Error(message);
}
