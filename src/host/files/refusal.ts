import type { Obstacle } from '../../sections/facts.ts';
import { codeOf } from './calls.ts';

/** Why a file operation was not done. Nothing that was there before has changed then. */
export type Refusal =
  | Obstacle
  /** Something other than a regular file, or than a file or directory where either would do. */
  | { readonly reason: 'wrong-type'; readonly at: string; readonly wanted: 'file' | 'file or directory' }
  /** It belongs to somebody else. */
  | { readonly reason: 'foreign-owner'; readonly at: string; readonly uid: number }
  /** It has other names, whose content or mode would change with it. */
  | { readonly reason: 'hard-linked'; readonly at: string; readonly links: number }
  /** It is not what the caller had seen. */
  | { readonly reason: 'changed'; readonly at: string }
  /** Something stands where the new name should go. */
  | { readonly reason: 'exists'; readonly at: string }
  /** A file system is mounted there. */
  | { readonly reason: 'mount-point'; readonly at: string };

export class FileRefused extends Error {
  override readonly name = 'FileRefused';
  readonly refusal: Refusal;

  /** `attempt`, e.g. "write /etc/motd", is what the caller asked for; left out while only the cause is known. */
  constructor(refusal: Refusal, attempt?: string) {
    super(attempt === undefined ? sentence(refusal) : `${attempt}: ${sentence(refusal)}`);
    this.refusal = refusal;
  }
}

/** The refusal in the words of an observation: what only a change would mind counts as forbidden. */
export function asObstacle(refusal: Refusal): Obstacle {
  switch (refusal.reason) {
    case 'symlink':
    case 'not-a-directory':
    case 'too-large':
    case 'error':
      return refusal;
    default:
      return { reason: 'error', at: refusal.at, code: 'EPERM' };
  }
}

/** Runs `work`; a system call that fails in it becomes a refusal at `path`. */
export function refusing<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asRefusal(error, path);
  }
}

/** The failed system call as a refusal; any other error, which is a fault of the program, as it is. */
export function asRefusal(error: unknown, path: string): unknown {
  const code = codeOf(error);
  return code === undefined ? error : new FileRefused({ reason: 'error', at: path, code });
}

function sentence(refusal: Refusal): string {
  const at = printable(refusal.at);
  switch (refusal.reason) {
    case 'symlink':
      return `${at} is a symbolic link to ${printable(refusal.target)}, which is not followed: remove it`;
    case 'not-a-directory':
      return `${at} is not a directory: move it away`;
    case 'too-large':
      return `${at} would have ${refusal.size} bytes, more than the ${refusal.limit} of a managed file: make it smaller`;
    case 'error':
      return `${at}: the system answered ${refusal.code}`;
    case 'wrong-type':
      return `${at} is not a ${refusal.wanted}: move it away`;
    case 'foreign-owner':
      return `${at} belongs to uid ${refusal.uid}: give it back to its owner or move it away`;
    case 'hard-linked':
      return `${at} is one of ${refusal.links} hard links to the same file: replace it by a copy`;
    case 'changed':
      return `${at} has changed meanwhile: look again`;
    case 'exists':
      return `${at} exists already: move it away`;
    case 'mount-point':
      return `a file system is mounted on ${at}: unmount it`;
  }
}

/** Names come from users, and messages reach terminals and logs. */
function printable(name: string): string {
  return name.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{FFFD}');
}
