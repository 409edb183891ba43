/** What a look at everybody costs, by how many they are. */
import { setTimeout as pause } from 'node:timers/promises';
import { CHECKOUT, type Machine } from '../../test/harness/machine/machine.ts';
import { NODE } from '../contestants.ts';
import { startAgent, type Agent } from './daemon.ts';
import { cpuOf, usageOf } from './usage.ts';

export interface Crowd {
  /** Seconds of processor time of agent and helper for each full resync. */
  readonly resyncs: readonly number[];
  /** Seconds of each pass without a change in one process, which has nothing of an agent around it. */
  readonly passes: readonly number[];
  /** MiB resident after them. */
  readonly agent: number;
  readonly helper: number;
}

const PASSES = 5;

export async function crowd(machine: Machine, resyncs: number): Promise<Crowd> {
  const script = [NODE, `${CHECKOUT}/bench/inside/running.ts`, `${PASSES}`];
  const { noop } = JSON.parse(await machine.output(script, { timeout: 600_000 })) as { noop: number[] };
  const agent = await startAgent(machine);
  try {
    await quiet(agent);
    const found: number[] = [];
    for (let resync = 0; resync < resyncs; resync++) found.push(await fullResync(agent));
    const helper = agent.helper();
    return {
      resyncs: found,
      passes: noop,
      agent: usageOf(agent.pid).resident,
      helper: helper === undefined ? 0 : usageOf(helper).resident,
    };
  } finally {
    await agent.stop();
  }
}

async function fullResync(agent: Agent): Promise<number> {
  const before = cpuOfBoth(agent);
  await agent.client.reconcile();
  return (await quiet(agent)) - before;
}

/** Milliseconds without work after which there is none: clones are looked at in between, and a look is soon over. */
const STILL = 700;

/** Waits until both do nothing any more; the seconds of processor time that they have used until then. */
async function quiet(agent: Agent): Promise<number> {
  let cpu = cpuOfBoth(agent);
  for (;;) {
    await pause(STILL);
    const used = cpuOfBoth(agent);
    // A timer of Node's own takes less.
    if (used - cpu < 0.005) return used;
    cpu = used;
  }
}

function cpuOfBoth(agent: Agent): number {
  const helper = agent.helper();
  return cpuOf(agent.pid) + (helper === undefined ? 0 : cpuOf(helper));
}
