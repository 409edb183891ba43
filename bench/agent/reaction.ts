/** How fast an edit and a drift are answered. */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Machine } from '../../test/harness/machine/machine.ts';
import { MAP, replaceFile, ROSTER, type Reaction, type Side } from './sides.ts';

/** Milliseconds, one of each edit. */
export interface Reactions {
  /** From the edit to the first action. */
  readonly first: number[];
  /** From the edit to all conditions reported, without what the tools took. */
  readonly beyond: number[];
  /** What the tools took. */
  readonly tools: number[];
  /** From a change of a file by hand to its repair. */
  readonly repair: number[];
}

/** Milliseconds between two edits, so that none meets what follows from the one before. */
const REST = 400;

/** The sides take turns. */
export async function reactions(sides: readonly Side[], rounds: number): Promise<Reactions[]> {
  const results = sides.map((): Reactions => ({ first: [], beyond: [], tools: [], repair: [] }));
  for (let round = 0; round < rounds; round++) {
    for (const [index, side] of sides.entries()) {
      const result = results[index]!;
      const { since, reaction } = await onboard(side, `n${String(round).padStart(3, '0')}`);
      result.first.push(reaction.began - since);
      result.beyond.push(reaction.ended - since - reaction.tools);
      result.tools.push(reaction.tools);
      await pause(REST);
      result.repair.push(await repair(side));
      await pause(REST);
    }
  }
  return results;
}

/** Of a tier that clones nothing: the network and git are not what is measured. */
async function onboard(side: Side, name: string): Promise<{ since: number; reaction: Reaction }> {
  const line = `  ${name}: { authentik_user: auth.${name}, k8s_user: k-${name}, tier: admin }\n`;
  const since = replaceFile(side.machine, ROSTER, `${textOf(side.machine, ROSTER)}${line}`);
  return { since, reaction: await side.onboarded(name, since) };
}

async function repair(side: Side): Promise<number> {
  const since = replaceFile(side.machine, MAP, `${textOf(side.machine, MAP)}mallory=root\n`);
  return (await side.repaired(since)).ended - since;
}

function textOf({ root }: Machine, path: string): string {
  return readFileSync(`${root}${path}`, 'utf8');
}

/** From a stop of a service to its running again, milliseconds by systemd's clock; `start` does what nobody does by itself. */
export async function restarts(
  machine: Machine,
  units: readonly string[],
  start: (unit: string) => Promise<unknown>,
): Promise<number[]> {
  const found: number[] = [];
  for (const unit of units) {
    await machine.output(['systemctl', 'stop', unit]);
    await start(unit);
    found.push(await gapOf(machine, unit));
    await pause(REST);
  }
  return found;
}

async function gapOf(machine: Machine, unit: string): Promise<number> {
  const names = ['ActiveState', 'InactiveEnterTimestampMonotonic', 'ActiveEnterTimestampMonotonic'];
  for (;;) {
    const shown = await machine.output([
      'systemctl',
      'show',
      ...names.map((name) => `--property=${name}`),
      unit,
    ]);
    const values = new Map(
      shown
        .trim()
        .split('\n')
        .map((line) => line.split('=', 2) as [string, string]),
    );
    const [stopped, started] = names.slice(1).map((name) => Number(values.get(name)));
    if (values.get('ActiveState') === 'active' && started! > stopped!) return (started! - stopped!) / 1000;
    await pause(20);
  }
}
