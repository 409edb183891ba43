/**
 * One pass over the machine: its files first, then everybody side by side, then its units and the published maps.
 * Whatever goes wrong for one person is that person's; the pass goes on for the others and ends with the maps.
 */
import type { ConditionType, Finding } from '../api/conditions.ts';
import type { WorkstationUser } from '../api/user.ts';
import type { WorkstationSpec } from '../api/workstation/index.ts';
import { WorkQueue } from '../controller/queue.ts';
import { startWorkers } from '../controller/workers.ts';
import type { Machine } from '../host/machine.ts';
import type { State } from '../report/record.ts';
import { onlyTrouble, refused, waiting } from '../sections/common.ts';
import type { Entries, Entry } from '../sections/facts.ts';
import {
  machineProbes,
  planMachineFiles,
  planMachineUnits,
  planMaps,
  type MachineFacts,
} from '../sections/machine.ts';
import type { Person, SectionPlan } from '../sections/section.ts';
import { Crowd } from './crowd.ts';
import { givenTo, reservedBy, resolve, type Desired } from './desired.ts';
import type { PassFacts } from './facts.ts';
import { findingsOf } from './findings.ts';
import { lookAhead, lookAndPlan } from './look.ts';
import { MachineWork } from './machinework.ts';
import type { Witness } from './perform.ts';
import { brokenOff, reconcilePerson } from './person.ts';
import { probesOf, type PlannedSection } from './plan.ts';

export interface PassInput {
  readonly machine: Machine;
  readonly users: readonly WorkstationUser[];
  readonly policy: WorkstationSpec;
  readonly canMint: boolean;
  /** OS users whom an earlier cut locked out. */
  readonly cut: ReadonlySet<string>;
  /** By OS user: what earlier cuts took, and what stays reserved. */
  readonly departed?: State['cuts'];
  /** By metadata.name: how people stood after earlier passes. */
  readonly known?: State['users'];
  /** metadata.name of those this pass is about; everybody when left out. Ports and maps are always everybody's. */
  readonly only?: ReadonlySet<string>;
  /** Why the published maps must stay as they are: more people are gone than may go in one step. */
  readonly keepMaps?: string;
  now(): number;
}

/** What would be done. */
export interface Planned {
  readonly people: readonly { readonly person: Person; readonly plan: readonly PlannedSection[] }[];
  readonly machine: SectionPlan;
}

export interface PersonOutcome {
  readonly person: Person;
  readonly findings: readonly Finding[];
  readonly done: number;
  readonly acted: ReadonlySet<ConditionType>;
}

export interface Outcome {
  readonly people: readonly PersonOutcome[];
  readonly machine: { readonly finding: Finding; readonly done: number };
}

export async function planPass(input: PassInput): Promise<Planned> {
  const { desired, facts, ahead } = await begin(input);
  const files = planMachineFiles(input.policy, facts);
  const pass = passFacts(input, ahead, plannedEntries(files));
  const people = await Promise.all(
    chosen(input, desired).map(async (person) => ({
      person,
      plan: await planSafely(input.machine, pass, person),
    })),
  );
  return { people, machine: joinedMachine(input, desired, facts, files) };
}

/** One whose home cannot be looked at keeps nobody else's plan from being shown. */
async function planSafely(
  machine: Machine,
  pass: PassFacts,
  person: Person,
): Promise<readonly PlannedSection[]> {
  try {
    return await lookAndPlan(machine, pass, person);
  } catch (error) {
    return [fault(error)];
  }
}

export async function applyPass(input: PassInput, witness: Witness, signal: AbortSignal): Promise<Outcome> {
  const { desired, facts, units, ahead } = await begin(input);
  const machineWork = new MachineWork({ machine: input.machine, witness, signal });
  await machineWork.perform(planMachineFiles(input.policy, facts));
  // Among the files may have been units.
  if (machineWork.done > 0) await input.machine.lookAtUnits(units);
  const pass = passFacts(input, ahead);
  // They go along with people's: systemd reads its files again once, not twice.
  const unitWork = machineWork.perform(planMachineUnits(input.policy, facts));
  const outcomes = await reconcileEverybody(input, chosen(input, desired), pass, witness, signal);
  input.machine.flush();
  await unitWork;
  await machineWork.perform(mapsOf(input, desired, facts));
  return {
    people: outcomes,
    machine: { finding: machineWork.finding(desired.notes), done: machineWork.done },
  };
}

function chosen({ only }: PassInput, { people }: Desired): readonly Person[] {
  return only === undefined ? people : people.filter(({ name }) => only.has(name));
}

function mapsOf({ policy, keepMaps }: PassInput, desired: Desired, facts: MachineFacts): SectionPlan {
  const reason = keepMaps ?? desired.keepMaps;
  if (reason === undefined) return planMaps(policy, desired.maps, facts);
  return onlyTrouble(refused('MapsKept', `publish the maps: ${reason}`));
}

interface Beginning {
  readonly desired: Desired;
  readonly facts: MachineFacts;
  /** Everybody's, and the machine's. */
  readonly units: readonly string[];
  readonly ahead: PassFacts['ahead'];
}

async function begin(input: PassInput): Promise<Beginning> {
  const { machine, users, policy, departed = {}, known = {} } = input;
  const desired = resolve(machine, users, policy, {
    promised: reservedBy(departed, policy),
    remembered: givenTo(known, policy),
  });
  const ahead = lookAhead(machine, chosen(input, desired));
  const probes = machineProbes(policy);
  const units = [
    ...new Set([...probes.units, ...desired.people.flatMap((person) => probesOf(person).units)]),
  ];
  await machine.lookAtUnits(units);
  const facts = {
    system: machine.lookAtSystem(probes.system),
    sources: machine.lookAtSources(probes.sources),
    units: machine.units,
  };
  return { desired, facts, units, ahead };
}

function passFacts(input: PassInput, ahead: PassFacts['ahead'], planned: Entries = new Map()): PassFacts {
  const { canMint, cut, departed = {} } = input;
  return { canMint, cut, departed, planned, sources: new Map(), ahead, now: () => input.now() };
}

/** The files that a plan would write, as if they were there. */
function plannedEntries(plan: SectionPlan): Entries {
  const written = plan.actions.flatMap((action): [string, Entry][] =>
    action.kind === 'write-system-file' ? [[action.path, writtenEntry(action.content, action.mode)]] : [],
  );
  return new Map(written);
}

function writtenEntry(text: string, mode: number): Entry {
  return { kind: 'file', mode, uid: 0, gid: 0, size: Buffer.byteLength(text), links: 1, modified: 0, text };
}

function joinedMachine(
  input: PassInput,
  desired: Desired,
  facts: MachineFacts,
  files: SectionPlan,
): SectionPlan {
  const plans = [files, planMachineUnits(input.policy, facts), mapsOf(input, desired, facts)];
  return {
    actions: plans.flatMap(({ actions }) => actions),
    troubles: plans.flatMap(({ troubles }) => troubles),
    notes: [...desired.notes, ...plans.flatMap(({ notes }) => notes)],
  };
}

async function reconcileEverybody(
  input: PassInput,
  people: readonly Person[],
  pass: PassFacts,
  witness: Witness,
  signal: AbortSignal,
): Promise<PersonOutcome[]> {
  if (people.length === 0) return [];
  const { machine } = input;
  const crowd = new Crowd(() => machine.flush());
  const byKey = new Map(people.map((person) => [person.name, person]));
  const outcomes = new Map<string, PersonOutcome>();
  const queue = new WorkQueue();
  for (const { name } of people) {
    queue.add(name);
    crowd.setOut();
  }
  startWorkers({
    queue,
    // Everybody may be on the way at once: what is heavy is bounded by the machine, and who waits for a batch is idle.
    count: people.length,
    async reconcile(key) {
      const person = byKey.get(key);
      if (person) {
        const outcome = await reconcileSafely({ machine, crowd, witness, signal }, pass, person);
        outcomes.set(key, outcome);
        crowd.arrive();
        witness.finished(person.osUser, outcome.findings, outcome.done);
      }
      return { kind: 'done' };
    },
  });
  await queue.shutDownWithDrain();
  return people.flatMap(({ name }) => outcomes.get(name) ?? []);
}

type Around = Parameters<typeof reconcilePerson>[0];

async function reconcileSafely(around: Around, pass: PassFacts, person: Person): Promise<PersonOutcome> {
  const reconciled = await reconcilePerson(around, pass, person).catch(brokenOff);
  return { person, findings: findingsOf(reconciled), done: reconciled.done, acted: reconciled.acted };
}

/** What keeps a person from being looked at or planned for is shown like any other trouble of theirs. */
function fault(error: unknown): PlannedSection {
  const message = error instanceof Error ? error.message : String(error);
  const plan = onlyTrouble(waiting('PassFailed', `reconcile: ${message}`));
  return { section: 'account', condition: 'AccountReady', ...plan };
}
