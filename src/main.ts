/** The front door: argv in, exit code out. Commands are loaded only when called, so that each starts at once. */
import { constants } from 'node:os';

const argv = process.argv.slice(2);
if (process.pid === 1) endOnSignals();

if (argv.length === 1 && argv[0] === 'version') {
  // Scripts ask for it at every turn: it needs no command tree.
  const { VERSION } = await import('./cli/version.ts');
  process.stdout.write(`${VERSION}\n`);
} else {
  const { main } = await import('./cli/main.ts');
  process.exitCode = await main(argv);
}

/**
 * The kernel has no default action for signals to PID 1, which this is in a container: a command with no handler of its
 * own could only be killed. There is nothing to reap, since nothing that it starts leaves children behind there.
 */
function endOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) process.exit(128 + constants.signals[signal]);
    });
  }
}
