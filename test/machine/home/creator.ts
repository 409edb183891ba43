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
for (let made = 0; made < Number(count); made += 1) {
  let names = readdirSync(directory);
  while (!names.some((name) => name.startsWith('.workstation-')) && !names.includes(String(made)))
    names = readdirSync(directory);
  // The other one writes for a time that varies: the instants in which it ends its work are spread over this.
  for (const end = performance.now() + Math.random() * 8; performance.now() < end;);
  create(join(directory, String(made)));
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
