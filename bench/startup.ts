/** How long the program takes to be there at all, beside a bare Node that does nothing. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const NODE = join(ROOT, 'node_modules/.bin/node');

const COMMANDS = {
  'node -e 0': [NODE, '-e', '0'],
  'workstation version': [join(ROOT, 'bin/workstation'), 'version'],
  'workstation --help': [join(ROOT, 'bin/workstation'), '--help'],
} as const;

/** Seconds of each run, by command; the runs of all commands take turns. */
export function startUps(runs: number): Map<string, number[]> {
  const seconds = new Map<string, number[]>(Object.keys(COMMANDS).map((name) => [name, []]));
  for (let run = -1; run < runs; run++) {
    for (const [name, [program, ...args]] of Object.entries(COMMANDS)) {
      const start = performance.now();
      execFileSync(program, args, { stdio: 'ignore' });
      // The first one only warms the cache of files.
      if (run >= 0) seconds.get(name)?.push((performance.now() - start) / 1000);
    }
  }
  return seconds;
}
