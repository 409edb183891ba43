/** What a pass that finds nothing to do leaves behind, and whom it asks. */
import type { Machine } from '../test/harness/machine/machine.ts';
import { runProcess } from '../test/harness/machine/process.ts';

/** How many processes a command starts, itself included; threads are none. */
export async function processesOf(machine: Machine, argv: readonly string[]): Promise<number> {
  const strace = [
    'strace',
    '-f',
    '--seccomp-bpf',
    '-qq',
    '-e',
    'trace=clone,clone3,fork,vfork',
    '-e',
    'signal=none',
  ];
  const { stderr } = await runProcess([...strace, '--', ...machine.enter, ...argv], { timeout: 900_000 });
  const begun = stderr.split('\n').filter((line) => /\b(clone3?|v?fork)\(/.test(line));
  // nsenter forks once, into the namespace of processes, and stays to wait: that one is the command itself.
  return begun.filter((line) => !line.includes('CLONE_THREAD')).length;
}

/** The paths below the directories that passes write to whose inode, size or times a command changed. */
export function writtenBy(machine: Machine, argv: readonly string[]): Promise<string[]> {
  return changedDuring(machine, () => machine.output(argv, { timeout: 900_000 }));
}

/** The same, of whatever happens while `work` runs. */
export async function changedDuring(machine: Machine, work: () => Promise<unknown>): Promise<string[]> {
  const before = new Set(await listing(machine));
  await work();
  const after = (await listing(machine)).filter((line) => !before.has(line));
  return after.map((line) => line.slice(line.indexOf('/')));
}

/** systemd keeps notes and a journal of its own. */
const LIST =
  "find /etc /home /opt /srv /var -xdev \\( -path /var/lib/systemd -o -path /var/log \\) -prune -o -printf '%i %s %T@ %C@ %p\\n'";

async function listing(machine: Machine): Promise<string[]> {
  return (await machine.output(['sh', '-c', LIST])).split('\n').filter(Boolean);
}
