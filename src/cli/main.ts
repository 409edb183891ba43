/** Runs one command line and turns whatever it ends with into an exit code and, where it failed, one line. */
import { CommanderError } from 'commander';
import { processIo, type Io } from './io.ts';
import { program } from './program.ts';

export async function main(argv: readonly string[], io: Io = processIo()): Promise<number> {
  let code = 0;
  const root = program(io, (wanted) => (code = wanted), io.env.WORKSTATION_CALLED_AS ?? 'workstation');
  try {
    await root.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    // Commander has printed its own message already.
    if (error instanceof CommanderError) return error.exitCode;
    const { errorLine } = await import('./print/errors.ts');
    io.err(errorLine(error, { debug: root.opts<{ debug?: boolean }>().debug ?? false }));
    return 1;
  }
}
