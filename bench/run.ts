/**
 * Compares a pass over a machine with what else there is, on fresh machines of one kind, in turns, so that what else this
 * computer does falls on all. Prints seconds and ratios with their spread; asserts nothing. Needs root.
 *
 *     npm run bench -- [--seed DIR] [--n 1,20,50] [--runs 3] [--kind chroot|booted|both] [--only NAME,…]
 *
 * DIR holds the programs that this one succeeds: t3-provision-users.fixed.sh and roster_engine.py.
 */
import { parseArgs } from 'node:util';
import { createMachine, destroyMachines } from '../test/harness/machine/machine.ts';
import type { Base } from '../test/harness/machine/machine.ts';
import { modelOf } from './bare.ts';
import { APPLY, bareTools, program, running, seed, type Contestant } from './contestants.ts';
import { printSpread, ratios, spread, table, type Run } from './figures.ts';
import { installNeeds } from './needs.ts';
import { processesOf, writtenBy } from './noop.ts';
import { startUps } from './startup.ts';
import { SEED_COMMAND, surroundings } from './surroundings.ts';

type Kind = 'chroot' | 'booted';
type Phase = 'first' | 'noop';
/** By name, the runs in their order. */
type Rows = Map<string, Run[]>;

const WORDS: Readonly<Record<string, string>> = {
  seed: 'the seed',
  apply: 'workstation apply',
  process: 'in a running process',
  bare: 'the bare tools',
  look: 'a Node script that only looks',
};

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    n: { type: 'string', default: '1,20,50' },
    runs: { type: 'string', default: '3' },
    kind: { type: 'string', default: 'both' },
    only: { type: 'string' },
  },
});

installNeeds(values.seed !== undefined);
printStartUps();
const kinds: readonly Kind[] = values.kind === 'both' ? ['chroot', 'booted'] : [values.kind as Kind];
for (const people of values.n.split(',').map(Number)) {
  const base = await surroundings(people, values.seed);
  const contestants = await contestantsFor(people, base);
  for (const kind of kinds) {
    await compare(kind, people, base, contestants);
    await inspect(kind, people, base);
  }
}
await destroyMachines();

async function contestantsFor(people: number, base: Base): Promise<Contestant[]> {
  const names = values.only?.split(',');
  const all = [
    ...(values.seed === undefined ? [] : [seed()]),
    program(),
    running(),
    bareTools(people, await modelOf(base)),
  ];
  return names === undefined ? all : all.filter(({ name }) => names.includes(name));
}

async function compare(kind: Kind, people: number, base: Base, contestants: readonly Contestant[]) {
  const rows: Record<Phase, Rows> = { first: new Map(), noop: new Map() };
  for (let run = 0; run < Number(values.runs); run++) {
    for (const contestant of contestants) {
      const machine = await createMachine({ kind, base });
      const times = await contestant.run(machine);
      await machine.destroy();
      for (const phase of ['first', 'noop'] as const) keep(rows[phase], run, times[phase]);
    }
  }
  printPhase(`First pass, ${kind}, ${people} users`, rows.first, ['apply']);
  printPhase(`Pass without a change, ${kind}, ${people} users`, rows.noop, ['apply', 'process']);
}

function keep(rows: Rows, run: number, seconds: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(seconds)) {
    const runs = rows.get(name) ?? [];
    runs[run] = value;
    rows.set(name, runs);
  }
}

function printPhase(title: string, rows: Rows, against: readonly string[]): void {
  const head = ['', 'seconds', ...against.map((name) => `× ${WORDS[name]}`)];
  const lines = [...rows].map(([name, runs]) => [
    WORDS[name] ?? name,
    printSpread(spread(runs.filter((value) => value !== undefined))),
    ...against.map((other) => (other === name ? '1' : printSpread(ratios(runs, rows.get(other) ?? [])))),
  ]);
  console.log(`\n${title}: median (least to most)\n\n${table([head, ...lines])}`);
}

async function inspect(kind: Kind, people: number, base: Base): Promise<void> {
  const programs = [APPLY, ...(values.seed === undefined ? [] : [SEED_COMMAND])];
  const rows = [];
  for (const argv of programs) {
    const machine = await createMachine({ kind, base });
    await machine.output(argv, { timeout: 900_000 });
    const written = await writtenBy(machine, argv);
    const processes = await processesOf(machine, argv);
    rows.push([
      argv === APPLY ? 'workstation apply' : 'the seed',
      `${processes}`,
      `${written.length}`,
      some(written),
    ]);
    await machine.destroy();
  }
  const head = ['pass without a change', 'processes', 'files written', 'such as'];
  console.log(`\nWhat a pass without a change does, ${kind}, ${people} users\n\n${table([head, ...rows])}`);
}

function some(paths: readonly string[]): string {
  return paths.slice(0, 3).join(' ');
}

function printStartUps(): void {
  const seconds = startUps(20);
  const bare = seconds.get('node -e 0') ?? [];
  const rows = [...seconds].map(([name, runs]) => [
    name,
    printSpread(spread(runs.map((value) => value * 1000))),
    printSpread(ratios(runs, bare)),
  ]);
  console.log(
    `\nStarting, 20 runs: median (least to most)\n\n${table([['', 'milliseconds', '× node -e 0'], ...rows])}`,
  );
}
