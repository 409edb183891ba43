/** What it takes to copy the few users of one machine out of many. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createMachine } from '../../test/harness/machine/machine.ts';
import { startAgent } from '../agent/daemon.ts';
import { usageOf } from '../agent/usage.ts';

export interface CopyFigures {
  /** Milliseconds from connecting to a complete copy, one for each run. */
  readonly ours: readonly number[];
  readonly inGo: readonly number[];
  /** MiB of the Go program with its copy, of a Node that has loaded all of client-node, and of one that has loaded nothing. */
  readonly goResident: number;
  readonly clientNode: number;
  readonly node: number;
}

const SCRIPT = join(import.meta.dirname, 'inside/copy.ts');

export function copies(kubeconfig: string, program: string, machine: string, runs: number): CopyFigures {
  const [ours, inGo] = [[] as number[], [] as number[]];
  let goResident = 0;
  for (let run = 0; run < runs; run++) {
    ours.push((output(process.execPath, [SCRIPT, kubeconfig, machine]) as { synced: number }).synced);
    const args = [`-kubeconfig=${kubeconfig}`, `-workstation=${machine}`];
    const told = output(program, args) as { milliseconds: number; resident: number };
    inGo.push(told.milliseconds);
    goResident = Math.max(goResident, told.resident);
  }
  const clientNode = residentWith('await import("@kubernetes/client-node");');
  return { ours, inGo, goResident, clientNode, node: residentWith('') };
}

function residentWith(code: string): number {
  const script = `${code} console.log(process.memoryUsage.rss() / 2 ** 20)`;
  return output(process.execPath, ['--input-type=module', '--eval', script]) as number;
}

function output(program: string, args: readonly string[]): unknown {
  return JSON.parse(execFileSync(program, args, { encoding: 'utf8' }));
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
