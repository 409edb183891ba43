/** Appends lines until that fails, and prints how many were and why: a program to be run with a limit on file sizes. */
import { SystemFiles } from '../../../../src/host/files/system.ts';

// Without a handler the signal that comes with the error would end the program.
process.on('SIGXFSZ', () => undefined);
const files = new SystemFiles(process.argv[2]);
for (let count = 0; ; count++) {
  try {
    files.appendLines({ path: '/var/log/x', text: `${'x'.repeat(99)}\n`, mode: 0o644 });
  } catch (error) {
    process.stdout.write(`${count} ${(error as Error).message}\n`);
    break;
  }
}
