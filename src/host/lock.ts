/**
 * One pass at a time on a machine, whoever runs it: a flock(2) on a file that is never removed and never written.
 *
 * The kernel lets go of it when its holder ends, however that happens. Node cannot take such a lock itself, so flock(1) does it
 * on a descriptor that it inherits: the lock belongs to the open file, which stays open here.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { remedy } from './programs/names.ts';
import { printable } from './programs/output.ts';
import { startOfProcess } from './programs/processes.ts';

export interface Lock {
  release(): void;
}

export interface Patience {
  /** Milliseconds to wait for another holder. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

const FLOCK = '/usr/bin/flock';
const TAKEN = 75;

/** Rejects with the name of the holder when it keeps the lock, and with its reason when `signal` fires. */
export async function acquireLock(directory: string, { waitMs, signal }: Patience): Promise<Lock> {
  const path = join(directory, 'lock');
  signal.throwIfAborted();
  const fd = open(path);
  try {
    await lockDescriptor(fd, path, { waitMs, signal });
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return { release: () => closeSync(fd) };
}

function open(path: string): number {
  const { O_RDWR, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    return openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  } catch (cause) {
    throw new Error(`locking ${path}: ${(cause as Error).message}, run as root with a state directory`, {
      cause,
    });
  }
}

async function lockDescriptor(fd: number, path: string, { waitMs, signal }: Patience): Promise<void> {
  const patience = waitMs > 0 ? ['--timeout', `${waitMs / 1000}`] : ['--nonblock'];
  const child = spawn(FLOCK, ['--exclusive', '--conflict-exit-code', `${TAKEN}`, ...patience, '3'], {
    stdio: ['ignore', 'ignore', 'pipe', fd],
    env: {},
    signal,
  });
  const complaint = child.stderr === null ? '' : text(child.stderr);
  const code = await once(child, 'exit').then(
    ([code]) => code as number | null,
    (cause: NodeJS.ErrnoException) => {
      signal.throwIfAborted();
      throw new Error(`locking ${path}: ${FLOCK} could not be started, ${remedy(FLOCK)}`, { cause });
    },
  );
  if (code === TAKEN) throw new Error(`locking ${path}: ${describeHolder(fd)}, wait for it or stop it`);
  if (code !== 0) throw new Error(`locking ${path}: flock failed, ${printable(await complaint)}`);
}

/** Not from /proc/locks: that names the process that took the lock, which has ended. */
function describeHolder(fd: number): string {
  const file = statSync(`/proc/self/fd/${fd}`);
  const holder = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .find((pid) => holdsLock(pid, file));
  if (holder === undefined) return 'another process holds it, which cannot be seen from here';
  const command = printable(readFileSync(`/proc/${holder}/cmdline`, 'utf8').replaceAll('\0', ' ')).trim();
  return `process ${holder} (${command}), running since ${startOfProcess(Number(holder))?.toISOString()}, holds it`;
}

/** See proc_pid_fdinfo(5): `lock:` lines are of locks that belong to the open file. */
function holdsLock(pid: string, { dev, ino }: { dev: number; ino: number }): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      const open = statSync(`/proc/${pid}/fd/${fd}`, { throwIfNoEntry: false });
      if (open?.dev !== dev || open.ino !== ino) return false;
      return /^lock:.*\bFLOCK\b/m.test(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'));
    });
  } catch {
    // It has ended, or is not ours to look at.
    return false;
  }
}
