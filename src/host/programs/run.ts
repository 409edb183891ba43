/**
 * Runs a program to its end.
 *
 * - Never a shell; the program gets its arguments as they are.
 * - Nothing of the agent reaches it: no environment, no open file, no terminal, no input unless given.
 * - It ends: at the deadline it and what it started are killed.
 * - Its output is bounded while it is read.
 * - As a person: with exactly their rights, see person.ts. As root: it survives the death of the agent, for a tool that
 *   changes the account databases should finish.
 */
import { refuseUnstarted } from './failure.ts';
import { FLOOD, Tail } from './output.ts';
import type { Credentials } from './person.ts';
import type { Reach } from './reach.ts';
import { killGroup, start } from './start.ts';
import type { Child } from './start.ts';

export type { Credentials } from './person.ts';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** Default: root. */
  readonly as?: Credentials;
  /**
   * As a person: whether the program gets a PID namespace, so that what it forks away ends with it. Default: true,
   * where the kernel allows it. Without: about 5 ms less per run, for short commands that start nothing.
   */
  readonly isolated?: boolean;
  /** Added to PATH and LANG, and for a person HOME, USER, LOGNAME and SHELL. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: /. */
  readonly cwd?: string;
  readonly input?: string | Buffer;
  /** Milliseconds until everything is killed. */
  readonly timeout: number;
  /** Bytes kept of stdout, and of stderr: the last ones. Default: 64 KiB. */
  readonly maxOutput?: number;
  /** Kills everything, and rejects with its reason. */
  readonly signal?: AbortSignal;
}

export interface Finished {
  /** Exit code; null when a signal ended it. A signal to an isolated program reads as 128 + its number. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** As the program wrote it: escape it with `printable` before it is shown. */
  readonly stdout: string;
  readonly stderr: string;
  /** Whether it was killed at its deadline, or for writing without end. */
  readonly timedOut: boolean;
  readonly flooded: boolean;
  /** Whether output is missing at the start of stdout or stderr. */
  readonly truncated: boolean;
  /** Milliseconds. */
  readonly duration: number;
}

/** Milliseconds that what outlives the program has to let go of its output. */
const LINGER = 1_000;

/** Rejects when the program cannot be started, when `cwd` cannot be entered, and when `signal` fires. */
export async function run(reach: Reach, command: Command): Promise<Finished> {
  const { signal, timeout, maxOutput = 64 * 1024 } = command;
  const begun = performance.now();
  const child = await start(reach, command);
  const kill = () => killGroup(child);
  const stdout = new Tail(child.stdout, maxOutput);
  const stderr = new Tail(child.stderr, maxOutput);
  const isFlood = () => stdout.total + stderr.total > FLOOD;
  for (const stream of [child.stdout, child.stderr]) stream.on('data', () => void (isFlood() && kill()));

  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, timeout);
  signal?.addEventListener('abort', kill);
  if (signal?.aborted) kill();
  try {
    const ended = await end(child, kill);
    signal?.throwIfAborted();
    const finished = { ...ended, stdout: stdout.text(), stderr: stderr.text() };
    refuseUnstarted(command, finished);
    const truncated = stdout.truncated || stderr.truncated;
    return { ...finished, timedOut, flooded: isFlood(), truncated, duration: performance.now() - begun };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', kill);
  }
}

/** A process that got away with the program's output open would keep us waiting for the end of it. */
async function end(child: Child, kill: () => void): Promise<Pick<Finished, 'code' | 'signal'>> {
  const closed = new Promise<void>((resolve) => void child.once('close', () => resolve()));
  const ended = await new Promise<Pick<Finished, 'code' | 'signal'>>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  if (child.stdout.readableEnded && child.stderr.readableEnded) return ended;
  const timer = setTimeout(() => {
    kill();
    for (const stream of [child.stdout, child.stderr]) stream.destroy();
  }, LINGER);
  await closed;
  clearTimeout(timer);
  return ended;
}
