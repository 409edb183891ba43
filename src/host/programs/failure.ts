/**
 * Why a program did not start, or what its end means, in one sentence.
 */
import { remedy } from './names.ts';
import { printable } from './output.ts';
import type { Command, Finished } from './run.ts';

export function notStarted(command: Command, cause: NodeJS.ErrnoException): Error {
  const found =
    cause.code === 'ENOENT'
      ? `${missing(command, cause)} was not found, ${remedy(missing(command, cause))}`
      : `it could not be started, ${cause.message}`;
  return new Error(`${attempt(command)}: ${found}`, { cause });
}

/** `spawn` names what it looked for: a program that prepares this one may be the one that is missing. */
function missing(command: Command, cause: NodeJS.ErrnoException): string {
  return cause.path ?? command.program;
}

/** What the programs that prepare another one say, in the C.UTF-8 locale, when that one or its directory is missing. */
const NO_PROGRAM =
  /^(?:setpriv|nsenter|unshare|prlimit): failed to execute (.+): No such file or directory$/m;
const NO_PROGRAM_ENV = /^\S*env: ‘(.+)’: No such file or directory$/m;
const NO_DIRECTORY = /^\S*env: cannot change directory to .*$/m;

/** Throws when a preparing program reports that the program itself never ran. */
export function refuseUnstarted(command: Command, { code, stderr }: Pick<Finished, 'code' | 'stderr'>): void {
  const program = code === 127 ? (NO_PROGRAM.exec(stderr) ?? NO_PROGRAM_ENV.exec(stderr))?.[1] : undefined;
  if (program !== undefined)
    throw notStarted(command, Object.assign(new Error(stderr), { code: 'ENOENT', path: program }));
  const directory = code === 125 && command.cwd !== undefined ? NO_DIRECTORY.exec(stderr)?.[0] : undefined;
  if (directory !== undefined) throw new Error(`${attempt(command)}: ${printable(directory)}`);
}

/** How it ended, as the part of a sentence after a colon: with what it said last, safe to show. */
export function outcome({ code, signal, stderr, stdout, timedOut, duration }: Finished): string {
  const said = printable(stderr.trim() === '' ? stdout : stderr)
    .split('\n')
    .slice(-3)
    .join('; ');
  const end = timedOut
    ? `no end within ${Math.round(duration / 1000)} s, killed`
    : code === null
      ? `ended by ${signal}`
      : `exit code ${code}`;
  return said === '' ? end : `${end}, ${said}`;
}

/** Arguments are left out: they may be long, and are the caller's to name. */
function attempt({ program, as: person }: Command): string {
  return `running ${printable(program)}${person === undefined ? '' : ` as ${person.name}`}`;
}
