/** What an agent costs that has nothing to do. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Machine } from '../../test/harness/machine/machine.ts';
import { NODE } from '../contestants.ts';
import { changedDuring } from '../noop.ts';
import { startAgent, startDaemon } from './daemon.ts';
import { usageOf, type Usage } from './usage.ts';

export interface Idle {
  /** At the end. */
  readonly usage: Usage;
  /** Of a processor, in the time that was measured. */
  readonly share: number;
  /** Calls of write(2) in the time that was measured. */
  readonly writes: number;
}

export interface IdleMachine {
  readonly agent: Idle;
  /** Absent when there is none any more. */
  readonly helper: Idle | undefined;
  /** A Node that waits for a timer. */
  readonly bare: Idle;
  /** Of the whole machine, threads among them. */
  readonly processes: number;
  readonly files: readonly string[];
}

/** Milliseconds that what follows from the start is given to end; the helper process is let go within them. */
const SETTLING = 75_000;

/** @param seconds to measure */
export async function idle(machine: Machine, seconds: number): Promise<IdleMachine> {
  const agent = await startAgent(machine);
  const bare = await startDaemon(machine, [NODE, '-e', 'setInterval(() => {}, 3600_000)']);
  try {
    await pause(SETTLING);
    const helper = agent.helper();
    const pids = [agent.pid, bare.pid, ...(helper === undefined ? [] : [helper])];
    let processes = 0;
    let measured: Idle[] = [];
    const files = await changedDuring(machine, async () => {
      const before = await lastPid(machine);
      measured = await measure(pids, seconds);
      // The second look takes one itself.
      processes = (await lastPid(machine)) - before - 1;
    });
    const [ofAgent, ofBare, ofHelper] = measured;
    return { agent: ofAgent!, bare: ofBare!, helper: ofHelper, processes, files };
  } finally {
    await bare.stop();
    await agent.stop();
  }
}

async function measure(pids: readonly number[], seconds: number): Promise<Idle[]> {
  const before = pids.map(usageOf);
  const start = performance.now();
  await pause(seconds * 1000);
  const elapsed = (performance.now() - start) / 1000;
  return pids.map((pid, index) => {
    const usage = usageOf(pid);
    const { cpu, writes } = before[index]!;
    return { usage, share: (usage.cpu - cpu) / elapsed, writes: usage.writes - writes };
  });
}

/** A machine has a namespace of processes, whose kernel counts them. */
async function lastPid(machine: Machine): Promise<number> {
  return Number(await machine.output(['cat', '/proc/sys/kernel/ns_last_pid']));
}
