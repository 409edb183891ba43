/**
 * Creates files in the instant in which somebody else is about to: as soon as a temporary file shows up beside them.
 * Arguments: uid, directory, how many. The files are numbered, wanted in that order, and say `mine`.
 */
import { closeSync, openSync, readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const [id, directory = '', count] = process.argv.slice(2);
process.setgid?.(Number(id));
process.setuid?.(Number(id));

writeSync(1, 'ready\n');
for (let next = 0; next < Number(count);) {
  const names = readdirSync(directory);
  if (names.includes(String(next))) next += 1;
  else if (names.some((name) => name.startsWith('.workstation-'))) {
    // The other one writes for a time that varies: the instants in which it ends its work are spread over this.
    for (const end = performance.now() + Math.random() * 8; performance.now() < end;);
    create(join(directory, String(next)));
  }
}

function create(path: string): void {
  try {
    const fd = openSync(path, 'wx');
    writeSync(fd, 'mine');
    closeSync(fd);
    writeSync(1, `${path}\n`);
  } catch {
    // The other one was faster.
  }
}
