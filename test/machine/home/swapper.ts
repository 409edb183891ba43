/**
 * Swaps a directory for a link, and back, as fast as it can, as the user it is given, until it is killed.
 * Arguments: uid, path, where the link leads.
 */
import { mkdirSync, renameSync, symlinkSync, unlinkSync, writeSync } from 'node:fs';

const [id, path = '', target = ''] = process.argv.slice(2);
const uid = Number(id);
process.setgroups?.([uid]);
process.setgid?.(uid);
process.setuid?.(uid);

const aside = `${path}.aside`;
const link = `${path}.link`;

mkdirSync(path);
writeSync(1, 'ready\n');
for (let round = 0; ; round += 1) {
  attempt(() => symlinkSync(target, link));
  const isAside = attempt(() => renameSync(path, aside));
  // What others have left there is kept out of the way, not removed: root's would stay.
  if (!isAside) attempt(() => renameSync(aside, `${path}.junk${round}`));
  attempt(() => renameSync(link, path));
  attempt(() => unlinkSync(path));
  const isBack = attempt(() => renameSync(aside, path));
  if (!isBack) attempt(() => mkdirSync(path));
}

function attempt(step: () => void): boolean {
  try {
    step();
    return true;
  } catch {
    return false;
  }
}
