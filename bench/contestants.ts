/** Who is compared: each starts from a fresh machine, makes the first pass, and passes that find nothing to do. */
import { CHECKOUT } from '../test/harness/machine/machine.ts';
import type { Machine } from '../test/harness/machine/machine.ts';
import { layBare, SCRIPT, type Model } from './bare.ts';
import { SEED_COMMAND } from './surroundings.ts';

/** Seconds of one run, by the name of what was timed. */
export interface Times {
  readonly first: Readonly<Record<string, number>>;
  readonly noop: Readonly<Record<string, number>>;
}

export interface Contestant {
  readonly name: string;
  run(machine: Machine): Promise<Times>;
}

export const NODE = `${CHECKOUT}/node_modules/.bin/node`;
export const APPLY = [`${CHECKOUT}/bin/workstation`, 'apply'] as const;
const TIME_LIMIT = 900_000;

/** Passes that find nothing to do, of a program and of a process: one pass of a program costs as much as many. */
const PROGRAM_PASSES = 5;
const PROCESS_PASSES = 50;

export function seed(): Contestant {
  return {
    name: 'seed',
    async run(machine) {
      const first = await timed(machine, SEED_COMMAND);
      return { first: { seed: first }, noop: { seed: await timed(machine, SEED_COMMAND) } };
    },
  };
}

/** With it, in turns, who only looks at the same machine. */
export function program(): Contestant {
  return {
    name: 'apply',
    async run(machine) {
      const first = await timed(machine, APPLY);
      await machine.write(PATHS, await machine.output([NODE, `${CHECKOUT}/bench/inside/paths.ts`]));
      const passes: number[] = [];
      const looks: number[] = [];
      for (let pass = 0; pass < PROGRAM_PASSES; pass++) {
        passes.push(await timed(machine, APPLY));
        looks.push(await timed(machine, [NODE, `${CHECKOUT}/bench/inside/look.js`, PATHS]));
      }
      return { first: { apply: first }, noop: { apply: middle(passes), look: middle(looks) } };
    },
  };
}

const PATHS = '/srv/paths.json';

export function running(): Contestant {
  return {
    name: 'process',
    async run(machine) {
      const script = [NODE, `${CHECKOUT}/bench/inside/running.ts`, `${PROCESS_PASSES}`];
      const output = await machine.output(script, { timeout: TIME_LIMIT });
      const { first, noop } = JSON.parse(output) as { first: number; noop: readonly number[] };
      return { first: { process: first }, noop: { process: middle(noop) } };
    },
  };
}

/** What it made must be what `apply` would have made: then that finds nothing to do. */
export function bareTools(people: number, model: Model): Contestant {
  return {
    name: 'bare',
    async run(machine) {
      await layBare(machine, people, model);
      const first = await timed(machine, [SCRIPT]);
      const { code, stdout } = await machine.run([APPLY[0], 'plan']);
      if (code !== 0) throw new Error(`compare with the bare tools: they left something to do: ${stdout}`);
      return { first: { bare: first }, noop: {} };
    },
  };
}

async function timed(machine: Machine, argv: readonly string[]): Promise<number> {
  const start = performance.now();
  await machine.output(argv, { timeout: TIME_LIMIT });
  return (performance.now() - start) / 1000;
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
