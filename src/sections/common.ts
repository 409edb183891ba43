/** What several sections need: paths, variables, and sentences about what was found where something else should be. */
import { expand } from '../api/template.ts';
import type { Entries, Entry, Obstacle } from './facts.ts';
import type { Person, SectionPlan, Trouble } from './section.ts';

/** The values of `${…}` for one person. */
export function variablesFor(person: Person): Record<string, string> {
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
  return expand(text, variablesFor(person));
}

/** The absolute path of a path that is declared relative to the home. */
export function inHome(person: Person, path: string): string {
  return `${person.home}/${expandFor(person, path)}`;
}

/** What was found at a path that the section asked for. */
export function at(entries: Entries, path: string): Entry {
  const entry = entries.get(path);
  if (entry === undefined) throw new Error(`a section looked at ${path} without having asked for it`);
  return entry;
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

export const NOTHING: SectionPlan = { actions: [], troubles: [], notes: [] };

export function refused(reason: string, message: string): Trouble {
  return { kind: 'Refused', reason, message };
}

export function waiting(reason: string, message: string): Trouble {
  return { kind: 'Waiting', reason, message };
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

/** The sentence for something that stands where a file or directory should be, or cannot be looked at. */
export function inTheWay(attempt: string, path: string, entry: Entry): Trouble {
  switch (entry.kind) {
    case 'symlink':
      return refused(
        'SymbolicLink',
        `${attempt}: ${path} is a symbolic link to ${entry.target}, which is never followed: remove it`,
      );
    case 'directory':
      return refused('IsDirectory', `${attempt}: ${path} is a directory: move it away`);
    case 'file':
      return refused('IsFile', `${attempt}: ${path} is a file: move it away`);
    case 'other':
      return refused('SpecialFile', `${attempt}: ${path} is a ${entry.type}: remove it`);
    case 'absent':
      return refused('Missing', `${attempt}: ${path} does not exist: create it`);
    case 'blocked':
      return blocked(attempt, entry.obstacle);
  }
}

function blocked(attempt: string, obstacle: Obstacle): Trouble {
  switch (obstacle.reason) {
    case 'symlink':
      return refused(
        'SymbolicLink',
        `${attempt}: ${obstacle.at} is a symbolic link to ${obstacle.target}, which is never followed: remove it`,
      );
    case 'not-a-directory':
      return refused('NotADirectory', `${attempt}: ${obstacle.at} is not a directory: move it away`);
    case 'too-large':
      return refused(
        'TooLarge',
        `${attempt}: ${obstacle.at} has ${obstacle.size} bytes, more than the ${obstacle.limit} that are read: move it away`,
      );
    case 'error':
      return waiting('CannotRead', `${attempt}: ${obstacle.at} cannot be read: ${obstacle.code}`);
  }
}
