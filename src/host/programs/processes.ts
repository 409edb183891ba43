/** Processes as proc(5) shows them. Those of the machine are ours to see, mounted or not. */
import { readFileSync, readdirSync } from 'node:fs';

export interface ProcessFacts {
  readonly pid: number;
  /** Real, effective and saved uid; that of the file system follows the effective one. */
  readonly uids: readonly number[];
}

/** Without zombies, which have ended. */
export function listProcesses(): ProcessFacts[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => lookAtProcess(Number(name)) ?? []);
}

/** Undefined when it has ended. */
export function lookAtProcess(pid: number): ProcessFacts | undefined {
  const status = read(`/proc/${pid}/status`);
  if (status === undefined || /^State:\s*[ZX]/m.test(status)) return undefined;
  const uids = /^Uid:\s*(.*)$/m.exec(status)?.[1]?.split(/\s+/).slice(0, 3).map(Number);
  return uids && { pid, uids };
}

/**
 * When it was started, to the second. From proc_pid_stat(5): field 22, in ticks of 10 ms after the boot; the second field, in
 * parentheses, may hold anything. Undefined when it has ended.
 */
export function startOfProcess(pid: number): Date | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  const boot = Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]);
  return new Date((boot + Math.floor(ticks / 100)) * 1000);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
