/** Processes of a person, and their end. */
import { existsSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { listProcesses } from '../programs/processes.ts';
import { rootOf } from '../programs/reach.ts';
import type { Reach } from '../programs/reach.ts';
import { run } from '../programs/run.ts';

/**
 * Processes with this uid, without those in other people's containers: a container's process that happens to have the
 * same uid was put into its PID namespace by root. Who makes one without being root needs a user namespace as well.
 */
export function processesOf(uid: number): number[] {
  const own = listProcesses().filter(({ uids }) => uids.includes(uid));
  return own.map(({ pid }) => pid).filter((pid) => !isContained(pid));
}

/**
 * Ends the person's sessions and service manager, and no longer lets that run without a session. Both commands fail when
 * there is nothing to end: whether all has ended is seen by the processes that are left.
 */
export async function endLogins(reach: Reach, name: string, signal: AbortSignal): Promise<void> {
  const root = `${rootOf(reach)}/`;
  if (reach.kind !== 'image' && existsSync(join(root, 'run/systemd/system'))) {
    for (const verb of ['disable-linger', 'terminate-user']) {
      await run(reach, { program: 'loginctl', args: [verb, '--', name], timeout: LOGINS_DEADLINE, signal });
    }
  }
  rmSync(join(root, 'var/lib/systemd/linger', name), { force: true });
}

/** How long a process has to end by itself, and how long all may take to be gone. Milliseconds. */
const GRACE = 3_000;
const DEADLINE = 15_000;
const INTERVAL = 50;
const LOGINS_DEADLINE = 30_000;

/**
 * Asks all processes of this uid to end, and then makes them.
 * @throws when some are left: in an uninterruptible system call, or forking faster than they are killed
 */
export async function endProcesses(uid: number, signal: AbortSignal): Promise<void> {
  const begun = performance.now();
  send('SIGTERM', processesOf(uid));
  for (;;) {
    const left = processesOf(uid);
    if (left.length === 0) return;
    const elapsed = performance.now() - begun;
    if (elapsed > DEADLINE)
      throw new Error(`${left.length} are left after ${DEADLINE / 1000} s, the first is pid ${left[0]}`);
    if (elapsed > GRACE) send('SIGKILL', left);
    await wait(INTERVAL, undefined, { signal });
  }
}

function send(signal: 'SIGTERM' | 'SIGKILL', pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

function isContained(pid: number): boolean {
  try {
    const same = (kind: string) =>
      readlinkSync(`/proc/${pid}/ns/${kind}`) === readlinkSync(`/proc/1/ns/${kind}`);
    return !same('pid') && same('user');
  } catch {
    return false;
  }
}
