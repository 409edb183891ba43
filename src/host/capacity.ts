/** What a machine is: how much it has, and what runs on it. */
import { readFileSync, statfsSync } from 'node:fs';
import { availableParallelism, release } from 'node:os';
import { parseEnv } from 'node:util';
import type { WorkstationStatus } from '../api/status.ts';
import { rootOf, type Reach } from './programs/reach.ts';
import { run } from './programs/run.ts';

/** Quantities as Kubernetes writes them: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
export async function describeMachine(
  reach: Reach,
  agent: string,
): Promise<Required<Pick<WorkstationStatus, 'capacity' | 'versions'>>> {
  const root = rootOf(reach);
  const { blocks, bsize } = statfsSync(`${root}/`);
  const osImage = osImageOf(`${root}/etc/os-release`);
  const systemd = await systemdVersion(reach);
  return {
    capacity: {
      cpu: String(availableParallelism()),
      memory: `${memoryOf(readFileSync('/proc/meminfo', 'utf8'))}Ki`,
      'ephemeral-storage': `${Math.floor((blocks * bsize) / 1024)}Ki`,
    },
    versions: {
      agent,
      kernel: release(),
      ...(osImage === undefined ? {} : { osImage }),
      ...(systemd === undefined ? {} : { systemd }),
    },
  };
}

/** KiB: proc_meminfo(5). */
export function memoryOf(meminfo: string): number {
  return Number(/^MemTotal: +(\d+) kB$/m.exec(meminfo)?.[1] ?? 0);
}

/** os-release(5). */
function osImageOf(path: string): string | undefined {
  try {
    return parseEnv(readFileSync(path, 'utf8'))['PRETTY_NAME'];
  } catch {
    return undefined;
  }
}

async function systemdVersion(reach: Reach): Promise<string | undefined> {
  if (reach.kind === 'image') return undefined;
  try {
    const { stdout } = await run(reach, { program: 'systemctl', args: ['--version'], timeout: 5000 });
    return /^systemd (\S{1,60})/.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}
