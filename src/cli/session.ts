/** A command that changes the machine: alone on it, with its state, and interruptible. */
import type { Witness } from '../reconcile/perform.ts';
import type { State } from '../report/record.ts';
import { milliseconds } from '../sections/common.ts';
import { realClock } from '../controller/clock.ts';
import { Duration } from '../api/primitives.ts';
import type { Io } from './io.ts';
import type { Opened } from './machine.ts';
import { Progress } from './print/progress.ts';
import { verdictOf } from './print/results.ts';
import { chooseStyle } from './print/style.ts';

export interface Session extends Opened {
  readonly state: State;
  readonly signal: AbortSignal;
}

export interface SessionOptions {
  readonly lockTimeout: string;
}

export function requireRoot(): void {
  if (process.geteuid?.() === 0) return;
  throw new Error('change a machine: this needs root: run the command with sudo');
}

/** Runs `work` under the machine's lock. Ctrl-C and SIGTERM abort its signal: what runs is ended, nothing new begins. */
export async function inSession<T>(
  opened: Opened,
  { lockTimeout }: SessionOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  if (process.geteuid?.() !== 0)
    throw new Error('change a machine: this needs root: run the command with sudo');
  if (lockTimeout !== '0s' && !Duration.safeParse(lockTimeout).success) {
    throw new Error(`read --lock-timeout: found ${lockTimeout}, give a duration such as 30s or 5m`);
  }
  const interruption = new AbortController();
  const interrupt = () => interruption.abort(new Error('interrupted: run the command again to finish'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
  try {
    const lock = await opened.machine.lock(
      opened.store.directory,
      milliseconds(lockTimeout),
      interruption.signal,
    );
    try {
      return await work({ ...opened, state: opened.store.load(), signal: interruption.signal });
    } finally {
      lock.release();
    }
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt);
  }
}

/** Shows what is done while it is done: to a person on a terminal, or line by line to a file. */
export function progressFor(io: Io, total: number): Witness & { close(): void } {
  const progress = new Progress({
    write: (text) => io.err(text),
    clock: realClock,
    style: chooseStyle(io.isTerminal, io.env),
    columns: io.isTerminal ? io.columns : undefined,
    total,
  });
  return {
    began: (user, action) => progress.began(user, action),
    ended: (user, action, done, duration) => progress.ended(user, action, done, duration),
    finished: (user, findings, done) => progress.finished(user, verdictOf(findings), done),
    close: () => progress.close(),
  };
}
