/** What stands where a section wants to write or read, and the sentence for each thing that is in the way. */
import type { Before } from './action.ts';
import { refused, waiting } from './common.ts';
import type { Entry, Obstacle } from './facts.ts';
import type { Trouble } from './section.ts';

/** Why a file cannot be given another content; undefined where it can, or where there is none. */
export function cannotReplace(attempt: string, path: string, entry: Entry): Trouble | undefined {
  if (entry.kind === 'absent') return undefined;
  if (entry.kind !== 'file') return inTheWay(attempt, path, entry);
  if (entry.text === undefined) {
    return refused('NotText', `${attempt}: ${path} is not UTF-8 text: move it away`);
  }
  if (entry.links === 1) return undefined;
  return refused('HardLink', `${attempt}: ${path} has ${entry.links} hard links: replace it by a copy`);
}

/** What an action that replaces the file expects to find. */
export function beforeOf(entry: Entry): Before {
  return entry.kind === 'file' ? { kind: 'text', text: entry.text ?? '' } : { kind: 'absent' };
}

/** Why a source cannot be read; whoever keeps the machine may put it right at any time. */
export function unusableSource(attempt: string, source: string, entry: Entry): Trouble {
  return entry.kind === 'file'
    ? waiting('NotText', `${attempt}: ${source} is not UTF-8 text: correct it`)
    : { ...inTheWay(attempt, source, entry), kind: 'Waiting' };
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
