import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';

/** Starts a process in a session of its own, so that Ctrl-C at a terminal reaches it only through us. */
export function launch(argv: readonly string[]): ChildProcess {
  const [program = '', ...args] = argv;
  return spawn(program, args, { detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
}

/** A machine that is up does not keep the test process from ending. */
export function release(child: ChildProcess): void {
  child.unref();
  for (const pipe of child.stdio) (pipe as Socket).unref();
}

/** Waits for the first line of output. Throws with what was said on stderr when the process ends before. */
export async function firstLine(child: ChildProcess, attempt: string): Promise<string> {
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const failed = once(child, 'close').then(() =>
    Promise.reject(new Error(`${attempt}: ${complaint.trim()}`)),
  );
  failed.catch(() => undefined);
  if (child.stdout === null) throw new Error(`${attempt}: found no output pipe`);
  const [line] = (await Promise.race([once(child.stdout, 'data'), failed])) as [Buffer];
  return line.toString().trim();
}

/** Kills PID 1 of a namespace, and with it all processes there. Returns when the last one is gone. */
export async function killTree(child: ChildProcess, leader: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const ended = once(child, 'exit');
  try {
    process.kill(leader, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
  await ended;
}
