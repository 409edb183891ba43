/** What every process of Prometheus' client libraries tells of itself, under their names. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Collector, Metric } from './metric.ts';

export const processMetrics: Collector = { collect };

/** Seconds since the epoch. Worked out once: later the wall clock may have been set. */
const STARTED = Date.now() / 1000 - process.uptime();

function collect(): readonly Metric[] {
  const { user, system } = process.cpuUsage();
  const openFiles = countOpenFiles();
  return [
    {
      ...named('process_cpu_seconds_total', 'Total user and system CPU time spent in seconds.'),
      type: 'counter',
      value: (user + system) / 1e6,
    },
    gauge('process_resident_memory_bytes', 'Resident memory size in bytes.', process.memoryUsage.rss()),
    gauge('process_start_time_seconds', 'Start time of the process since unix epoch in seconds.', STARTED),
    ...(openFiles === undefined
      ? []
      : [gauge('process_open_fds', 'Number of open file descriptors.', openFiles)]),
    gauge('process_max_fds', 'Maximum number of open file descriptors.', largestCountOfFiles()),
  ];
}

function named(name: string, help: string) {
  return { name, help, labels: {} };
}

function gauge(name: string, help: string, value: number): Metric {
  return { ...named(name, help), type: 'gauge', value };
}

/** The directory itself takes one. Undefined where there is none left to look with. */
function countOpenFiles(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length - 1;
  } catch {
    return undefined;
  }
}

let limit: number | undefined;

/** See proc_pid_limits(5); Node raises the soft limit when it starts, and never later. */
function largestCountOfFiles(): number {
  limit ??= Number(
    /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? Infinity,
  );
  return limit;
}
