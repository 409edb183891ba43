/**
 * Why a program did not start, or what its end means, in one sentence.
 */
import { existsSync } from 'node:fs';
import { remedy } from './names.ts';
import { FLOOD, printable } from './output.ts';
import type { Command, Finished } from './run.ts';

export function notStarted(command: Command, cause: NodeJS.ErrnoException): Error {
  return new Error(`${attempt(command)}: ${obstacle(command, cause)}`, { cause });
}

/** `spawn` names what it looked for, which may be a program that prepares this one; and blames it for a missing directory. */
function obstacle(
  { cwd, as: person, program }: Command,
  { code, path = program, message }: NodeJS.ErrnoException,
) {
  if (code !== 'ENOENT') return `it could not be started, ${message}`;
  if (cwd !== undefined && person === undefined && !existsSync(cwd))
    return `cannot enter ${cwd}, it does not exist`;
  return `${printable(path)} was not found, ${remedy(path)}`;
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
export function outcome(finished: Finished): string {
  const { stderr, stdout } = finished;
  const said = printable(stderr.trim() === '' ? stdout : stderr);
  const last = said.split('\n').slice(-3).join('; ');
  return last === '' ? howItEnded(finished) : `${howItEnded(finished)}, ${last}`;
}

function howItEnded({ code, signal, timedOut, flooded, duration }: Finished): string {
  if (timedOut) return `no end within ${Math.round(duration / 100) / 10} s, killed`;
  if (flooded) return `killed after more than ${FLOOD / 1024 / 1024} MiB of output`;
  return code === null ? `ended by ${signal}` : `exit code ${code}`;
}

/** Arguments are left out: they may be long, and are the caller's to name. */
function attempt({ program, as: person }: Command): string {
  return `running ${printable(program)}${person === undefined ? '' : ` as ${person.name}`}`;
}
