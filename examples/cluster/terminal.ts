/** What the demo shows: each step with the command as one would type it, and what that really prints. */
import { spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

export interface Terminal {
  readonly step: (title: string) => void;
  /** A line that stands for a command, which goes on in the background. */
  readonly say: (line: string) => void;
  /** Runs a command and shows it: `shown` is what one would type behind the prompt. Rejects when it fails. */
  readonly run: (
    prompt: string,
    shown: readonly string[],
    argv: readonly string[],
    options?: SpawnOptions,
  ) => Promise<void>;
  /** Waits, half a minute at most, until a look, of which nothing is shown, ends with 0. */
  readonly until: (what: string, argv: readonly string[], options?: SpawnOptions) => Promise<void>;
}

/** Milliseconds. */
const PATIENCE = 30_000;

/** Everything ends early, and rejects, once `signal` is aborted. */
export function terminal(signal: AbortSignal): Terminal {
  const exitCode = async ([program = '', ...args]: readonly string[], options: SpawnOptions) => {
    signal.throwIfAborted();
    const child = spawn(program, args, { ...options, signal });
    const [code] = (await once(child, 'exit')) as [number | null];
    return code;
  };
  return {
    step: (title) => console.log(`\n# ${title}`),
    say: (line) => console.log(`\n${line}`),
    run: async (prompt, shown, argv, options = {}) => {
      const line = `${prompt} ${shown.map(quoted).join(' ')}`;
      console.log(`\n${line}`);
      const code = await exitCode(argv, { stdio: ['ignore', 'inherit', 'inherit'], ...options });
      if (code !== 0) throw new Error(`running ${line}: it ended with ${code}`);
    },
    until: async (what, argv, options = {}) => {
      const deadline = Date.now() + PATIENCE;
      while ((await exitCode(argv, { stdio: 'ignore', ...options })) !== 0) {
        if (Date.now() > deadline)
          throw new Error(`waiting until ${what}: it is not so after ${PATIENCE} ms`);
        await pause(50, undefined, { signal });
      }
    },
  };
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
