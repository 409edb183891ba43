/** What a process has used of the computer, as the kernel counts it: proc(5). */
import { readdirSync, readFileSync } from 'node:fs';

export interface Usage {
  /** Seconds of processor time since its start, of all its threads. */
  readonly cpu: number;
  /** MiB that it has resident: pages that others have too count in full. */
  readonly resident: number;
  /** MiB of its own share: pages that others have too count in part. */
  readonly share: number;
  /** Calls of write(2) and its like, to files, pipes and sockets alike. */
  readonly writes: number;
}

/** @param pid as this process sees it */
export function usageOf(pid: number): Usage {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const share = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const io = readFileSync(`/proc/${pid}/io`, 'utf8');
  return {
    cpu: cpuOf(pid),
    resident: numberOf(status, 'VmRSS') / 1024,
    share: numberOf(share, 'Pss') / 1024,
    writes: numberOf(io, 'syscw'),
  };
}

/** Seconds, to the nanosecond, where /proc/PID/stat counts ticks. */
export function cpuOf(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = tasks.map((task) =>
    Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]),
  );
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e9;
}

export function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}

function numberOf(text: string, name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1];
  if (found === undefined) throw new Error(`measure a process: the kernel does not tell its ${name}`);
  return Number(found);
}
