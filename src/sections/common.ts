/** What several sections need: paths, variables, plans, and troubles. */
import { expand, variablesOf } from '../api/template.ts';
import { escapeControls } from '../api/text/show.ts';
import type { Entries, Entry } from './facts.ts';
import type { Person, SectionPlan, Trouble } from './section.ts';

/** The values of `${…}` for one person. */
export function variablesFor(person: Person): Readonly<Record<string, string>> {
  const values = valuesOf.get(person) ?? workOut(person);
  valuesOf.set(person, values);
  return values;
}

const valuesOf = new WeakMap<Person, Readonly<Record<string, string>>>();

function workOut(person: Person): Record<string, string> {
  const { osUser, home, spec, ports } = person;
  const ofPorts = Object.entries(ports).map(([name, port]) => [`port.${name}`, String(port)] as const);
  return {
    user: osUser,
    home,
    tier: spec.tier,
    authentikUser: spec.authentikUser,
    k8sUser: spec.k8sUser,
    workstation: spec.workstation ?? '',
    ...Object.fromEntries(ofPorts),
  };
}

export function expandFor(person: Person, text: string): string {
  return text.includes('$') ? expand(text, variablesFor(person)) : text;
}

/** The absolute path of a path that is declared relative to the home. */
export function inHome(person: Person, path: string): string {
  return `${person.home}/${expandFor(person, path)}`;
}

/** What was found at a path that the section asked for; a link there is a link, however it was looked at. */
export function at(entries: Entries, path: string): Entry {
  const entry = entries.get(path);
  if (entry === undefined) throw new Error(`a section looked at ${path} without having asked for it`);
  const obstacle = entry.kind === 'blocked' ? entry.obstacle : undefined;
  return obstacle?.reason === 'symlink' && obstacle.at === path
    ? { kind: 'symlink', target: obstacle.target }
    : entry;
}

export function octal(mode: string): number {
  return Number.parseInt(mode, 8);
}

/** "1h30m" in milliseconds. */
export function milliseconds(duration: string): number {
  const units: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000 };
  return [...duration.matchAll(/(\d+)([hms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ''] ?? 0),
    0,
  );
}

/** Whether every port that is named in what is declared has been given: a person in trouble over one has none. */
export function hasPorts({ ports }: Person, declared: object | string): boolean {
  return portsIn(declared).every((name) => Object.hasOwn(ports, name));
}

const known = new WeakMap<object, readonly string[]>();

/** The same item is asked about for everybody, and more than once. */
function portsIn(declared: object | string): readonly string[] {
  if (typeof declared === 'string') return portsNamed(declared);
  const names = known.get(declared) ?? portsNamed(JSON.stringify(declared));
  known.set(declared, names);
  return names;
}

function portsNamed(text: string): string[] {
  const names = variablesOf(text).map(({ name }) => name);
  return names.filter((name) => name.startsWith('port.')).map((name) => name.slice('port.'.length));
}

/** The plans of all items, one by one; one that names a port the person has not been given waits for it. */
export function planEach<T extends { readonly name: string }>(
  person: Person,
  items: readonly T[],
  plan: (item: T) => SectionPlan,
): SectionPlan {
  return joined(
    items.map((item) =>
      hasPorts(person, item)
        ? plan(item)
        : onlyTrouble(
            waiting('PortMissing', `carry out ${item.name}: it waits for a port: see ServicesReady`),
          ),
    ),
  );
}

export const NOTHING: SectionPlan = { actions: [], troubles: [], notes: [] };

export function refused(reason: string, message: string): Trouble {
  return { kind: 'Refused', reason, message: escapeControls(message) };
}

/** As all troubles, made safe to show: names and the targets of links come from people. */
export function waiting(reason: string, message: string): Trouble {
  return { kind: 'Waiting', reason, message: escapeControls(message) };
}

/** Several plans as one, in order. */
export function joined(plans: readonly SectionPlan[]): SectionPlan {
  return {
    actions: plans.flatMap((plan) => plan.actions),
    troubles: plans.flatMap((plan) => plan.troubles),
    notes: plans.flatMap((plan) => plan.notes),
  };
}

export function onlyTrouble(trouble: Trouble): SectionPlan {
  return { ...NOTHING, troubles: [trouble] };
}
