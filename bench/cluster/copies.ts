/** What it takes to copy the few users of one machine out of many. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createMachine } from '../../test/harness/machine/machine.ts';
import { startAgent } from '../agent/daemon.ts';
import { usageOf } from '../agent/usage.ts';

/** Milliseconds and MiB, one for each run. */
export interface Copies {
  readonly synced: number[];
  readonly resident: number[];
}

export interface CopyFigures {
  readonly ours: Copies & { readonly connect: number[] };
  readonly inGo: Copies;
  /** Of a Node that has loaded all of client-node and nothing else, and of one that has loaded nothing. */
  readonly clientNode: number;
  readonly node: number;
}

const SCRIPT = join(import.meta.dirname, 'inside/copy.ts');

export function copies(kubeconfig: string, program: string, machine: string, runs: number): CopyFigures {
  const ours = { connect: [] as number[], synced: [] as number[], resident: [] as number[] };
  const inGo = { synced: [] as number[], resident: [] as number[] };
  for (let run = 0; run < runs; run++) {
    const one = output<Record<keyof typeof ours, number>>(process.execPath, [SCRIPT, kubeconfig, machine]);
    ours.connect.push(one.connect);
    ours.synced.push(one.synced);
    ours.resident.push(one.resident);
    const other = output<{ milliseconds: number; resident: number }>(program, [
      `-kubeconfig=${kubeconfig}`,
      `-workstation=${machine}`,
    ]);
    inGo.synced.push(other.milliseconds);
    inGo.resident.push(other.resident);
  }
  return {
    ours,
    inGo,
    clientNode: residentWith('await import("@kubernetes/client-node");'),
    node: residentWith(''),
  };
}

function residentWith(code: string): number {
  const script = `${code} console.log(process.memoryUsage.rss() / 2 ** 20)`;
  return output<number>(process.execPath, ['--input-type=module', '--eval', script]);
}

function output<T>(program: string, args: readonly string[]): T {
  return JSON.parse(execFileSync(program, args, { encoding: 'utf8' })) as T;
}

/** MiB of an agent of that machine, and of its helper, once everybody there is served. */
export async function agentOf(
  kubeconfig: string,
  machine: string,
): Promise<{ readonly agent: number; readonly helper: number }> {
  const place = await createMachine({ kind: 'chroot', network: 'host' });
  try {
    await place.write('/etc/workstation/kubeconfig', kubeconfig, 0o600);
    const agent = await startAgent(place, '--name', machine, '--kubeconfig', '/etc/workstation/kubeconfig');
    await pause(SETTLING);
    const helper = agent.helper();
    const resident = (pid: number | undefined) => (pid === undefined ? 0 : usageOf(pid).resident);
    const found = { agent: resident(agent.pid), helper: resident(helper) };
    await agent.stop();
    return found;
  } finally {
    await place.destroy();
  }
}

/** Milliseconds that what follows from the first passes is given to end. */
const SETTLING = 10_000;
