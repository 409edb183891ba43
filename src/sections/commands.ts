/** Commands that run as the person, once their guards say so. Guards look at files: a plan runs nothing. */
import { selects, type Command } from '../api/workstation/index.ts';
import type { CommandAction } from './action.ts';
import {
  at,
  expandFor,
  inHome,
  hasPorts,
  milliseconds,
  NOTHING,
  onlyTrouble,
  planEach,
  refused,
  waiting,
} from './common.ts';
import { inTheWay } from './existing.ts';
import type { Entry, Probe } from './facts.ts';
import { memberOf } from './json.ts';
import type { Facts, Person, Section, SectionPlan, Trouble } from './section.ts';

export const commands: Section = {
  name: 'commands',
  condition: 'CommandsReady',
  runsTheirs: true,
  applies: (person) => commandsOf(person).length > 0,
  probes: (person) => ({
    home: commandsOf(person)
      .filter((command) => hasPorts(person, command))
      .flatMap((command) => probesOf(person, command)),
  }),
  plan(person, facts) {
    const created = new Set<string>();
    return planEach(person, commandsOf(person), (command) => {
      const plan = planCommand(person, facts, command, created);
      if (plan.actions.length > 0 && command.creates !== undefined)
        created.add(inHome(person, command.creates));
      return plan;
    });
  },
};

function commandsOf(person: Person): Command[] {
  return person.policy.commands.filter((command) => selects(command, person.spec.tier));
}

function probesOf(person: Person, command: Command): Probe[] {
  const looked = [command.creates, command.requires].filter((path) => path !== undefined);
  const members = [command.unless?.path, command.onlyIf?.path].filter((path) => path !== undefined);
  return [
    ...looked.map((path) => ({ path: inHome(person, path), read: 'stat' }) as const),
    ...members.map((path) => ({ path: inHome(person, path), read: 'text' }) as const),
  ];
}

function planCommand(
  person: Person,
  facts: Facts,
  command: Command,
  created: ReadonlySet<string>,
): SectionPlan {
  const stop = guard(person, facts, command);
  if (stop === 'done') return NOTHING;
  if (stop !== 'go') return onlyTrouble(stop);
  if (!facts.isLive) return { ...NOTHING, notes: [`${command.name} is left for the first boot`] };
  const missing = requirement(person, facts, command, created);
  if (missing !== undefined) return onlyTrouble(missing);
  return { ...NOTHING, actions: [actionFor(person, command)] };
}

/** Why the command cannot be run yet. */
function requirement(
  person: Person,
  facts: Facts,
  { name, requires }: Command,
  created: ReadonlySet<string>,
): Trouble | undefined {
  if (requires === undefined) return undefined;
  const path = inHome(person, requires);
  const entry = at(facts.home, path);
  if (isThere(entry) || created.has(path)) return undefined;
  return entry.kind === 'blocked'
    ? inTheWay(`run ${name}`, path, entry)
    : waiting('Requires', `run ${name}: ${path} does not exist: it is run once that does`);
}

function guard(person: Person, facts: Facts, command: Command): 'go' | 'done' | Trouble {
  if (command.creates !== undefined) {
    const path = inHome(person, command.creates);
    const entry = at(facts.home, path);
    if (isThere(entry)) return 'done';
    if (entry.kind === 'blocked') return inTheWay(`check whether to run ${command.name}`, path, entry);
  }
  for (const [member, wanted] of [
    [command.unless, 'absent'],
    [command.onlyIf, 'present'],
  ] as const) {
    if (member === undefined) continue;
    const state = stateOf(person, facts, command, member);
    if (state !== wanted) return typeof state === 'string' ? 'done' : state;
  }
  return 'go';
}

function stateOf(
  person: Person,
  facts: Facts,
  command: Command,
  { path, pointer }: { path: string; pointer: string },
): 'present' | 'absent' | Trouble {
  const file = inHome(person, path);
  const entry = at(facts.home, file);
  if (entry.kind === 'absent') return 'absent';
  if (entry.kind !== 'file') return inTheWay(`check whether to run ${command.name}`, file, entry);
  const member = memberOf(entry.text ?? 'not text', pointer);
  if (member.kind !== 'invalid') return member.kind;
  return refused(
    'InvalidJSON',
    `check whether to run ${command.name}: ${file} is no valid JSON object: correct it`,
  );
}

/** A link counts: installers put one where they are told to, and where it leads is the person's affair. */
function isThere(entry: Entry): boolean {
  return entry.kind !== 'absent' && entry.kind !== 'blocked';
}

function actionFor(person: Person, command: Command): CommandAction {
  const env = Object.entries(command.env).map(([name, value]) => [name, expandFor(person, value)]);
  return {
    kind: 'run-command',
    name: command.name,
    argv: command.argv.map((argument) => expandFor(person, argument)),
    env: Object.fromEntries(env) as Record<string, string>,
    timeout: milliseconds(command.timeout),
  };
}
