import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { text } from 'node:stream/consumers';

export interface RunOptions {
  readonly input?: string | Buffer;
  /** Added to a clean environment of PATH and LANG. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds until the whole process group is killed and the promise rejects. Default: one minute. */
  readonly timeout?: number;
}

export interface Result {
  /** Exit code; 128 + signal number when a signal ended it, as a shell reports it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const CLEAN_ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LANG: 'C.UTF-8',
} as const;

/** Runs a program to its end, in a session and process group of its own. */
export async function runProcess(argv: readonly string[], options: RunOptions = {}): Promise<Result> {
  const { input, env, timeout = 60_000 } = options;
  const [program = '', ...args] = argv;
  const child = spawn(program, args, {
    env: { ...CLEAN_ENVIRONMENT, ...env },
    detached: true,
    stdio: 'pipe',
  });
  // A program need not read its input: a broken pipe is no failure of the run.
  child.stdin.on('error', () => undefined).end(input);

  let late = false;
  const timer = setTimeout(() => {
    late = true;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, timeout);
  try {
    const [code, stdout, stderr] = await Promise.all([
      exitCode(child),
      text(child.stdout),
      text(child.stderr),
    ]);
    if (late)
      throw new Error(
        `running ${argv.join(' ')}: no end after ${timeout} ms, killed; it said: ${stderr}${stdout}`,
      );
    return { code, stdout, stderr };
  } finally {
    clearTimeout(timer);
  }
}

function exitCode(child: ReturnType<typeof spawn>): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  });
}
