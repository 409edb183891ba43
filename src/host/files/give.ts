/**
 * Gives a directory that root made in a home to the person whose home it is. Who owns the directory above can move it
 * away already, so they gain its name and nothing else: what lies in it keeps its owner.
 */
import { fchownSync, fstatSync } from 'node:fs';
import { reopened } from './calls.ts';
import { mountOf } from './mounts.ts';
import { FileRefused, refusing } from './refusal.ts';
import { Tree } from './tree.ts';

export interface Gift {
  /** The directory, below the home. */
  readonly path: string;
  readonly home: string;
  readonly uid: number;
  readonly gid: number;
}

/** Safe to repeat. No link is followed below the home, and nothing that is mounted there is given. @throws FileRefused */
export function giveDirectory(system: Tree, { path, home, uid, gid }: Gift): void {
  refusing(path, () => {
    const homeDirectory = system.directory(home);
    if (homeDirectory === undefined) throw new FileRefused({ reason: 'error', at: home, code: 'ENOENT' });
    const { uid: owner } = fstatSync(homeDirectory.fd);
    if (owner !== uid) throw new FileRefused({ reason: 'foreign-owner', at: home, uid: owner });
    const below = new Tree(homeDirectory, 'home');
    try {
      const directory = below.directory(path);
      if (directory === undefined) throw new FileRefused({ reason: 'error', at: path, code: 'ENOENT' });
      const mount = mountOf(homeDirectory.fd);
      reopened(directory.fd, (fd) => give(fd, path, mount, { uid, gid }));
    } finally {
      below.close();
    }
  });
}

function give(fd: number, path: string, homeMount: string, { uid, gid }: Pick<Gift, 'uid' | 'gid'>): void {
  const found = fstatSync(fd);
  if (found.uid === uid) return;
  if (found.uid !== 0) throw new FileRefused({ reason: 'foreign-owner', at: path, uid: found.uid });
  if (mountOf(fd) !== homeMount) throw new FileRefused({ reason: 'mount-point', at: path });
  fchownSync(fd, uid, gid);
}
