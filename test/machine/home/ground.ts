/**
 * A machine's directories below a temporary root, with the homes of somebody hostile and of her victim. Neither has an
 * account: ids are enough for the system to tell them apart.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { HomeUser } from '../../../src/host/home/homes.ts';

export const mallory: HomeUser = {
  uid: 60_001,
  gid: 60_001,
  groups: [60_001, 60_100],
  home: '/home/mallory',
};
export const ada: HomeUser = { uid: 60_002, gid: 60_002, groups: [60_002], home: '/home/ada' };

/** What only root, or only ada, may read. */
export const SECRET = 'the secret';

const made: string[] = [];

export function prepareGround(): string {
  const root = mkdtempSync(join(tmpdir(), 'ground-'));
  made.push(root);
  chmodSync(root, 0o755);
  for (const path of ['home', 'etc/cron.d', 'etc/private', 'srv'])
    mkdirSync(join(root, path), { recursive: true });
  for (const user of [mallory, ada]) makeOwn(root, user, user.home, 0o700);
  // Mallory may do there what she likes, but not have it done: it is no part of her home.
  makeOwn(root, mallory, '/srv/mallory', 0o777);
  for (const [path, uid] of [
    ['/etc/private/f', 0],
    ['/home/ada/f', ada.uid],
    ['/srv/mallory/f', mallory.uid],
  ] as const) {
    writeFileSync(join(root, path), SECRET, { mode: 0o600 });
    chownSync(join(root, path), uid, uid);
  }
  return root;
}

export function clearGrounds(): void {
  for (const root of made.splice(0)) rmSync(root, { recursive: true, force: true });
}

/** Makes a directory, and its parents where they are missing, for a user. */
export function makeOwn(root: string, user: HomeUser, path: string, mode = 0o755): void {
  const parent = dirname(path);
  if (path.startsWith(`${user.home}/`) && parent !== user.home) makeOwn(root, user, parent);
  mkdirSync(join(root, path), { recursive: true });
  chownSync(join(root, path), user.uid, user.gid);
  chmodSync(join(root, path), mode);
}

export function linkOwn(root: string, user: HomeUser, path: string, target: string): void {
  makeOwn(root, user, dirname(path));
  symlinkSync(target, join(root, path));
  lchownSync(join(root, path), user.uid, user.gid);
}

/** Everything about everything below the root, or outside mallory's home: a change to a file shows at least in its ctime. */
export function evidence(root: string, where: 'everywhere' | 'outside'): string {
  const format = '%p %y %m %U:%G %n %s %T@ %C@ %l\n';
  const pruned = where === 'outside' ? ['-path', join(root, mallory.home), '-prune', '-o'] : [];
  return execFileSync('find', [root, ...pruned, '-printf', format], { encoding: 'utf8' });
}

/** The processes that this one has started and that work in homes. */
export function helpersOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const [, state, ppid] =
          /^\d+ \(.*\) (\S) (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
        const isHelper = readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('host/home/child');
        return isHelper && state !== 'Z' && Number(ppid) === parent;
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Waits until `check` gives something; fails after ten seconds. */
export async function eventually<T>(check: () => T | undefined | false): Promise<T> {
  const end = Date.now() + 10_000;
  for (;;) {
    const found = check();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error('wait for a condition: it did not come true within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
