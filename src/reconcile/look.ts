/**
 * Looks at one person and plans.
 *
 * - A plan follows from the person and the facts alone. Whoever there was nothing to do for is not planned for again while
 *   both are the same; the home is then not even handed over.
 * - What is remembered of the facts is a digest: no content, and nothing that grows with it.
 * - It is remembered with the person, and goes when what is declared of them does.
 */
import { hash } from 'node:crypto';
import type { Machine } from '../host/machine.ts';
import type { Entry, HomeLook } from '../sections/facts.ts';
import type { Person } from '../sections/section.ts';
import { gatherAround, type FactsAround, type PassFacts } from './facts.ts';
import { isEmpty, planPerson, probesOf, type PlannedSection } from './plan.ts';

/** A plan without an action, and what it was made from. */
interface Idle {
  readonly plan: readonly PlannedSection[];
  /** Digest of all facts but the home and the time. */
  readonly around: string;
  /** The version of the home. */
  readonly home: string;
  /** From when on, and before when, a plan says the same: milliseconds since 1970. */
  readonly since: number;
  readonly until: number;
}

const idle = new WeakMap<Person, Idle>();

/**
 * Begins to look at the homes of those who had nothing to do, since that is done elsewhere and takes longest: the rest can be
 * looked at meanwhile.
 */
export function lookAhead(machine: Machine, people: readonly Person[]): PassFacts['ahead'] {
  const ahead: PassFacts['ahead'] = new Map();
  for (const person of people) {
    const before = idle.get(person);
    if (before === undefined) continue;
    const look = machine.lookAtHome(person.osUser, person.home, probesOf(person).home, before.home);
    // What goes wrong is told to whoever takes it; nobody may.
    look.catch(() => undefined);
    ahead.set(person, look);
  }
  return ahead;
}

export async function lookAndPlan(
  machine: Machine,
  pass: PassFacts,
  person: Person,
): Promise<readonly PlannedSection[]> {
  const ahead = takeAhead(pass, person);
  const probes = probesOf(person);
  const facts = gatherAround(machine, pass, person, probes);
  const around = digestOf(facts);
  const before = recall(person, around, facts.now);
  const look = () => machine.lookAtHome(person.osUser, person.home, probes.home, before?.home);
  const home = await ((before && ahead) ?? look());
  if (home === undefined) return before?.plan ?? [];
  const plan = planPerson(person, { ...facts, home: home.entries });
  if (home.version === undefined || !isEmpty(plan)) idle.delete(person);
  else idle.set(person, { plan, around, home: home.version, since: facts.now, until: nextOf(plan) });
  return plan;
}

function takeAhead({ ahead }: PassFacts, person: Person): Promise<HomeLook | undefined> | undefined {
  const look = ahead.get(person);
  ahead.delete(person);
  return look;
}

/** A clock that was set back makes nothing of before certain. */
function recall(person: Person, around: string, now: number): Idle | undefined {
  const before = idle.get(person);
  const isSame = before !== undefined && before.around === around;
  return isSame && before.since <= now && now < before.until ? before : undefined;
}

function nextOf(plan: readonly PlannedSection[]): number {
  return Math.min(...plan.map(({ next }) => next ?? Infinity));
}

function digestOf(facts: FactsAround): string {
  return digest({
    ...facts,
    groups: digestOfGroups(facts.groups),
    system: [...facts.system],
    sources: [...facts.sources].map(([path, entry]) => [path, digestOfSource(entry)]),
    units: [...facts.units],
    now: undefined,
  });
}

/** They are long and many have the same, so each is digested once. */
const digestOfGroups = remembering((groups: ReadonlySet<string>) => digest([...groups]));
const digestOfSource = remembering((entry: Entry) => digest(entry));

function digest(value: unknown): string {
  return hash('sha256', JSON.stringify(value), 'base64');
}

function remembering<Key extends object>(work: (key: Key) => string): (key: Key) => string {
  const known = new WeakMap<Key, string>();
  return (key) => {
    const value = known.get(key) ?? work(key);
    known.set(key, value);
    return value;
  };
}
