/** The few commands of systemctl(1) that are used, each for many units at once, and what it prints of them. */
import * as z from 'zod';
import type { UnitFacts } from '../../sections/facts.ts';
import { printable } from '../programs/output.ts';
import type { Reach } from '../programs/reach.ts';
import { run, type Finished } from '../programs/run.ts';
import { UnitName } from './install.ts';

/** Runs systemctl with these arguments. */
export type RunSystemctl = (args: readonly string[]) => Promise<Pick<Finished, 'code' | 'stdout' | 'stderr'>>;

/** Milliseconds. Nothing that is asked here waits for a unit; a systemd that is busy may take its time. */
const TIME_LIMIT = 60_000;
/** Bytes. One unit takes about 120 in a listing. */
const OUTPUT_LIMIT = 16 * 2 ** 20;

export function systemctlOn(reach: Reach): RunSystemctl {
  return async (args) => {
    const limits = { timeout: TIME_LIMIT, maxOutput: OUTPUT_LIMIT };
    const finished = await run(reach, { program: 'systemctl', args, ...limits });
    if (!finished.timedOut) return finished;
    throw new Error(`run systemctl ${args[0]}: no answer in a minute: see whether systemd is alive`);
  };
}

/** A unit that systemd has in memory. */
export interface LoadedUnit {
  readonly active: UnitFacts['active'];
  /** Whether systemd is still working on it: something more is to come without anybody asking. */
  readonly isMoving: boolean;
}

/** What a command said: by unit what went wrong with it, and the last line where it named none. */
export interface Answer {
  readonly complaints: ReadonlyMap<string, string>;
  readonly failure: string | undefined;
}

/** Enables or disables all of these units or, where one of them is refused, as many as can be. Makes no systemd reload. */
export type Change = (verb: 'enable' | 'disable', units: readonly string[]) => Promise<Answer>;

export class Systemctl {
  readonly #run: RunSystemctl;

  constructor(run: RunSystemctl) {
    this.#run = run;
  }

  /** Units that are not in the answer are not loaded, which is inactive. */
  async list(units: readonly string[]): Promise<ReadonlyMap<string, LoadedUnit>> {
    const patterns = [...new Set(units.map(patternOf))];
    const { code, stdout, stderr } = await this.#run([
      'list-units',
      '--all',
      '--output=json',
      '--',
      ...patterns,
    ]);
    if (code !== 0) throw new Error(`list units: ${lastLine(stderr)}: see systemctl status`);
    return new Map(Listing.parse(JSON.parse(stdout)).map((unit) => [unit.unit, loadedUnit(unit)]));
  }

  /** Where one of them is refused, none is changed. */
  readonly change: Change = async (verb, units) =>
    answerOf(await this.#run([verb, '--no-reload', '--quiet', '--', ...units]));

  /** Asks for each of them, and does not wait until it is done. */
  async request(verb: 'start' | 'stop', units: readonly string[]): Promise<Answer> {
    return answerOf(await this.#run([verb, '--no-block', '--quiet', '--', ...units]));
  }

  async reload(): Promise<void> {
    const { code, stderr } = await this.#run(['daemon-reload']);
    if (code !== 0) throw new Error(`reload systemd: ${lastLine(stderr)}: see systemctl status`);
  }

  /** It is inactive then, where it was failed. */
  async forgetFailure(unit: string): Promise<void> {
    await this.#run(['reset-failed', '--', unit]);
  }

  /** Properties of each unit, by name, as systemctl prints them; those that a type of unit lacks are missing. */
  async show(
    units: readonly string[],
    properties: readonly string[],
  ): Promise<Map<string, ReadonlyMap<string, string>>> {
    const { stdout } = await this.#run([
      'show',
      `--property=${['Id', ...properties].join()}`,
      '--',
      ...units,
    ]);
    const blocks = stdout.trim().split('\n\n').map(propertiesOf);
    return new Map(blocks.map((block) => [block.get('Id') ?? '', block]));
  }
}

const State = z.enum(['active', 'inactive', 'failed', 'activating', 'deactivating', 'reloading']);
const Listed = z.object({
  unit: z.string(),
  active: State.catch('activating'),
  sub: z.string(),
  job: z.string().nullish(),
});
const Listing = z.array(Listed);

/** Between a failure and the restart that follows it, systemd says `activating`. */
function loadedUnit({ active, sub, job }: z.output<typeof Listed>): LoadedUnit {
  if (sub.startsWith('auto-restart')) return { active: 'failed', isMoving: false };
  const isMoving =
    Boolean(job) || active === 'activating' || active === 'deactivating' || active === 'reloading';
  return { active, isMoving };
}

/** One pattern stands for all instances of a template. A backslash, as in `\x2d`, would escape in a pattern. */
function patternOf(unit: string): string {
  const { prefix, instance, type } = UnitName.parse(unit);
  return (instance === undefined ? unit : `${prefix}@*.${type}`).replaceAll('\\', '\\\\');
}

function answerOf({ code, stderr }: Pick<Finished, 'code' | 'stderr'>): Answer {
  const complaints = new Map<string, string>();
  for (const [, unit = '', complaint = ''] of stderr.matchAll(
    /^Failed to (?:start|stop) (\S+): (.*?)\.?$/gm,
  )) {
    complaints.set(unit, complaint);
  }
  return { complaints, failure: code !== 0 && complaints.size === 0 ? lastLine(stderr) : undefined };
}

function lastLine(stderr: string): string {
  const line = printable(stderr).split('\n').at(-1);
  return line ? line.replace(/\.$/, '') : 'systemctl failed and did not say why';
}

function propertiesOf(block: string): ReadonlyMap<string, string> {
  return new Map(
    block.split('\n').map((line) => {
      const equals = line.indexOf('=');
      return [line.slice(0, equals), line.slice(equals + 1)];
    }),
  );
}
