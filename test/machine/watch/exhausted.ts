/**
 * Watches a roster and a machine, both in the folder that is its argument, and prints what becomes of them as lines of
 * JSON. Whoever starts it decides how many watches it may have.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { watchMachine } from '../../../src/host/watch/machine.ts';
import { FileSource } from '../../../src/source/files/source.ts';
import type { Logger } from '../../../src/telemetry/logger.ts';

const folder = process.argv[2] ?? '';

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

const logger: Logger = { log: (_, message) => print(message.replaceAll(folder, '')), with: () => logger };
const source = new FileSource({
  paths: { roster: [join(folder, 'roster.yaml')], workstation: join(folder, 'workstation.yaml') },
  files: { read: () => undefined, write: () => undefined },
  directory: '/state',
  logger,
  pollMs: 50,
});
const names = () => source.current?.users.map(({ metadata }) => metadata.name);
const watch = watchMachine(
  {
    root: folder,
    watched: {
      files: [],
      directories: [],
      units: [],
      homes: [{ osUser: 'ada', home: '/home/ada', names: ['.bashrc'] }],
    },
    onTrouble: print,
  },
  print,
);
await source.start(() => print(names()), new AbortController().signal);

// What the watches that there are can tell is told, and a poll finds the rest.
const passwd = join(folder, 'etc/passwd');
writeFileSync(passwd, `${readFileSync(passwd, 'utf8')}#\n`);
writeFileSync(join(folder, 'home/ada/.bashrc'), 'x');
process.stdin.resume().on('end', () => {
  void watch.close();
  void source.stop();
});
