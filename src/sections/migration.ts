/**
 * The clone of the single layout moves into the workspace layout with all that is in it. It waits beside the code
 * directory meanwhile, under a name that the next pass knows, so that a crash between two steps strands nothing.
 */
import type { Action } from './action.ts';
import { at, NOTHING, onlyTrouble, refused } from './common.ts';
import { inTheWay } from './existing.ts';
import type { Entries, Entry } from './facts.ts';
import type { Person, SectionPlan, Trouble } from './section.ts';

/** A move to the workspace layout, from whatever point it has come to. */
export function planMigration(
  person: Person,
  home: Entries,
  directory: string,
  infraPath: string,
): SectionPlan {
  const parking = parkingOf(person);
  const trouble = notMovable(home, directory, parking, infraPath);
  if (trouble !== undefined) return onlyTrouble(trouble);
  const isParked = at(home, parking).kind === 'directory';
  const isClone = at(home, `${directory}/.git`).kind === 'directory';
  if (!isParked && !isClone) return NOTHING;
  const isMade = isParked && at(home, directory).kind === 'directory';
  const park: Action[] = isParked ? [] : [{ kind: 'move', from: directory, to: parking }];
  const make: Action[] = isMade ? [] : [{ kind: 'make-directory', path: directory, mode: 0o755 }];
  return { ...NOTHING, actions: [...park, ...make, { kind: 'move', from: parking, to: infraPath }] };
}

/** Why a clone cannot be moved, or the code directory not be made. */
function notMovable(
  home: Entries,
  directory: string,
  parking: string,
  infraPath: string,
): Trouble | undefined {
  const attempt = 'move to the workspace layout';
  const [found, parked] = [at(home, directory), at(home, parking)];
  if (found.kind === 'symlink') {
    return refused(
      'SymbolicLink',
      `${attempt}: ${directory} is a symbolic link to ${found.target}: put the clone itself there, or keep the layout single`,
    );
  }
  if (found.kind !== 'directory' && found.kind !== 'absent') return inTheWay(attempt, directory, found);
  if (parked.kind !== 'directory' && parked.kind !== 'absent') return inTheWay(attempt, parking, parked);
  const clones = [
    ...(parked.kind === 'directory' ? [parking] : []),
    ...(at(home, `${directory}/.git`).kind === 'directory' ? [directory] : []),
    ...(isTaken(home, infraPath, parked) ? [infraPath] : []),
  ];
  if (clones.length < 2) return undefined;
  return refused('TwoClones', `${attempt}: found clones at ${clones.join(' and ')}: move away all but one`);
}

/** What is parked can only be moved to a free place; a clone that is in place may have a directory of that name. */
function isTaken(home: Entries, infraPath: string, parked: Entry): boolean {
  return parked.kind === 'directory'
    ? at(home, infraPath).kind !== 'absent'
    : at(home, `${infraPath}/.git`).kind === 'directory';
}

/** Brings back a clone whose move was broken off by a crash, and is not wanted any more. */
export function planReturn(person: Person, home: Entries, directory: string): SectionPlan {
  const parking = parkingOf(person);
  const isStranded = at(home, parking).kind === 'directory' && at(home, directory).kind === 'absent';
  return isStranded ? { ...NOTHING, actions: [{ kind: 'move', from: parking, to: directory }] } : NOTHING;
}

/** Where the clone waits, in the home, while it moves from the single to the workspace layout. */
export function parkingOf({ home }: Person): string {
  return `${home}/.workstation-migrating`;
}
