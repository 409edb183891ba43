import { closeSync } from 'node:fs';
import { openRoot } from './calls.ts';
import { Tree } from './tree.ts';

/**
 * Where this process finds a directory of the machine whose `/` is at `root`, which is empty for its own. Seen from
 * outside, an absolute link in the machine leads out of it: it leads here where it does on the machine.
 * @returns undefined where there is none
 * @throws FileRefused where the way is not for us to go
 */
export function directoryInside(root: string, path: string): string | undefined {
  const fd = openRoot(root || '/');
  const tree = new Tree({ fd, path: '/' }, 'system');
  try {
    const found = tree.directory(path);
    return found && `${root}${found.path}`.replace(/(?<=.)\/$/, '');
  } finally {
    tree.close();
    closeSync(fd);
  }
}
