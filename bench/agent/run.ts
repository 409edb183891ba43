/**
 * Measures an agent that keeps a machine: how fast it answers, what it costs while there is nothing to do, and what a look at
 * everybody costs. Beside each stands, in the same run, the least that could do it. Prints tables; asserts nothing. Needs
 * root.
 *
 *     npm run bench:agent -- [--only reaction,restart,idle,crowd] [--edits 20] [--idle 60] [--users 100] [--crowd 100,500,1000,2000]
 */
import { parseArgs } from 'node:util';
import { CHECKOUT, buildBase, createMachine, destroyMachines } from '../../test/harness/machine/machine.ts';
import type { Base } from '../../test/harness/machine/machine.ts';
import { declare } from '../../test/harness/site/declare.ts';
import { digits, printSpread, quantile, spread, table } from '../figures.ts';
import { installNeeds } from '../needs.ts';
import { accountsOf, rosterOf } from '../roster.ts';
import { surroundings } from '../surroundings.ts';
import { crowd } from './crowd.ts';
import { startAgent, until } from './daemon.ts';
import { idle, type Idle } from './idle.ts';
import { reactions, restarts } from './reaction.ts';
import { agentSide, bareSide } from './sides.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'reaction,restart,idle,crowd' },
    edits: { type: 'string', default: '20' },
    idle: { type: 'string', default: '60' },
    users: { type: 'string', default: '100' },
    crowd: { type: 'string', default: '100,500,1000,2000' },
  },
});

/** People who are there already when the reaction to an edit is measured. */
const RESIDENTS = 20;
const RESYNCS = 3;

installNeeds(false);
const only = values.only.split(',');
if (only.includes('reaction')) await measureReaction();
if (only.includes('restart')) await measureRestart();
if (only.includes('idle')) await measureIdle(Number(values.users));
if (only.includes('crowd')) await measureCrowds(values.crowd.split(',').map(Number));
await destroyMachines();

/** A machine that is as it is declared; on top of what `on` has. */
function brought(people: number, on: Base): Promise<Base> {
  return buildBase(async (machine) => {
    await declare(machine, rosterOf(people));
    await machine.output([`${CHECKOUT}/bin/workstation`, 'apply'], { timeout: 900_000 });
  }, on);
}

async function measureReaction(): Promise<void> {
  const base = await brought(RESIDENTS, await surroundings(RESIDENTS, undefined));
  const sides = [
    await agentSide(await createMachine({ kind: 'chroot', base })),
    await bareSide(await createMachine({ kind: 'chroot', base })),
  ];
  const [agent, bare] = await reactions(sides, Number(values.edits));
  for (const side of sides) {
    await side.stop();
    await side.machine.destroy();
  }
  if (agent === undefined || bare === undefined) return;
  printMilliseconds(`Reaction, chroot, ${RESIDENTS} users, ${values.edits} edits`, [
    ['edit → first action', agent.first, bare.first, 'p50 ≤ 50'],
    ['edit → all conditions, without the tools', agent.beyond, bare.beyond, '≤ 300'],
    ['the tools', agent.tools, bare.tools, ''],
    ['/etc file changed → repaired', agent.repair, bare.repair, '≤ 1000'],
  ]);
}

async function measureRestart(): Promise<void> {
  const base = await brought(RESIDENTS, await surroundings(RESIDENTS, undefined));
  const units = accountsOf(RESIDENTS).map((name) => `t3-serve@${name}.service`);
  const machine = await createMachine({ kind: 'booted', base });
  const agent = await startAgent(machine);
  const isUp = async () => (await machine.run(['systemctl', 'is-active', ...units])).code === 0 || undefined;
  await until('all services run', isUp);
  const byAgent = await restarts(machine, units, () => Promise.resolve());
  await agent.stop();
  const byHand = await restarts(machine, units, (unit) => machine.output(['systemctl', 'start', unit]));
  await machine.destroy();
  printMilliseconds(`A service stopped → running again, booted, ${RESIDENTS} users`, [
    ['stopped → running', byAgent, byHand, '≤ 2000'],
  ]);
}

function printMilliseconds(
  title: string,
  rows: readonly (readonly [string, number[], number[], string])[],
): void {
  const head = ['milliseconds', 'agent p50', 'p99', 'the least p50', 'p99', 'wanted'];
  const lines = rows.map(([what, ours, least, wanted]) => [
    what,
    ...[ours, least].flatMap((each) => [digits(quantile(each, 0.5)), digits(quantile(each, 0.99))]),
    wanted,
  ]);
  console.log(`\n${title}\n\n${table([head, ...lines])}`);
}

async function measureIdle(people: number): Promise<void> {
  const base = await brought(people, await surroundings(people, undefined));
  const machine = await createMachine({ kind: 'booted', base });
  const { agent, helper, bare, processes, files } = await idle(machine, Number(values.idle));
  await machine.destroy();
  const row = (name: string, found: Idle | undefined) =>
    found === undefined
      ? [name, 'ended', '', '', '']
      : [
          name,
          digits(found.usage.resident),
          digits(found.usage.share),
          `${(found.share * 100).toFixed(3)} %`,
          `${found.writes}`,
        ];
  const head = ['', 'resident, MiB', 'own share, MiB', 'of a core', 'write calls'];
  const rows = [row('agent', agent), row('its helper', helper), row('node that sleeps', bare)];
  console.log(`\nIdle, booted, ${people} users, ${values.idle} s\n\n${table([head, ...rows])}`);
  console.log(
    `\nProcesses started on the machine: ${processes}; files changed: ${files.length} ${files.slice(0, 3).join(' ')}`,
  );
}

async function measureCrowds(sizes: readonly number[]): Promise<void> {
  let base = await surroundings(sizes[0] ?? 0, undefined);
  const rows: string[][] = [];
  for (const people of sizes) {
    base = await brought(people, base);
    const machine = await createMachine({ kind: 'chroot', base });
    const found = await crowd(machine, RESYNCS);
    await machine.destroy();
    const [resyncs, passes] = [spread(found.resyncs), spread(found.passes)];
    rows.push([
      `${people}`,
      printSpread(resyncs),
      printSpread(passes),
      digits((resyncs?.median ?? Number.NaN) / (passes?.median ?? Number.NaN)),
      digits(found.agent),
      digits(found.helper),
    ]);
  }
  const head = ['users', 'resync, s of CPU', 'pass in a process, s', '×', 'agent, MiB', 'helper, MiB'];
  console.log(`\nLooking at everybody, chroot\n\n${table([head, ...rows])}`);
}
