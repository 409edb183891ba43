/**
 * Starts a program with nothing of the agent's: argv and environment are made here, and nothing is inherited.
 */
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio, SpawnOptions } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { withInheritedHidden } from './descriptors.ts';
import { notStarted } from './failure.ts';
import { PERSON_PATH, SAFE_PATH, WRAPPERS } from './names.ts';
import { DIE_WITH_PARENT, NAMESPACE, becoming, environmentOf, harmless } from './person.ts';
import type { Credentials } from './person.ts';
import type { Reach } from './reach.ts';
import type { Command } from './run.ts';

export type Child = ChildProcessByStdio<Writable | null, Readable, Readable>;

export async function start(reach: Reach, command: Command): Promise<Child> {
  const { as: person, isolated = true, signal } = command;
  refuseForeign(person);
  const namespace = person !== undefined && isolated && (await canIsolate(reach));
  signal?.throwIfAborted();
  const child = launchOrSay(
    [...around(reach, command, namespace), command.program, ...command.args],
    command,
  );
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause: NodeJS.ErrnoException) => reject(notStarted(command, cause)));
  });
  // A program need not read its input: a broken pipe is no failure of the run.
  child.stdin?.on('error', () => undefined).end(command.input);
  return child;
}

function refuseForeign(person: Credentials | undefined): void {
  const own = process.getuid?.();
  if (person === undefined || own === 0 || own === person.uid) return;
  throw new Error(
    `running a program as ${person.name}: this process has the rights of uid ${own}, run it as root`,
  );
}

/** What it started has its process group, unless it left that; inside a namespace nothing gets away. */
export function killGroup(child: Child): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nothing of the group is left.
  }
}

type Setting = Pick<Command, 'as' | 'cwd' | 'env' | 'input'>;

/** The argv before the program's own. */
function around(reach: Reach, { as: person, cwd, env }: Setting, namespace: boolean): string[] {
  const enter = reach.kind === 'mounted' ? [WRAPPERS.nsenter, '--target', '1', '--all', '--'] : [];
  if (person === undefined) return enter;
  const tie = enter.length > 0 ? DIE_WITH_PARENT : [];
  return [...tie, ...enter, ...becoming(person, { cwd, env }, namespace)];
}

/** Where no descriptors are left, it depends on which one is missing whether this throws, or the child tells. */
function launchOrSay(argv: readonly string[], command: Command): Child {
  try {
    return launch(argv, command);
  } catch (error) {
    throw notStarted(command, error as NodeJS.ErrnoException);
  }
}

function launch([program = '', ...args]: readonly string[], { as: person, env, cwd, input }: Setting): Child {
  return withInheritedHidden((more) => {
    const options: SpawnOptions = {
      // A session of its own, so without a controlling terminal; and a process group to kill.
      detached: true,
      cwd: person === undefined ? (cwd ?? '/') : '/',
      env: {
        PATH: person === undefined ? SAFE_PATH : PERSON_PATH,
        LANG: 'C.UTF-8',
        ...(person && environmentOf(person)),
        ...(person === undefined ? env : harmless(env ?? {})),
      },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', ...more],
    };
    const before = process.umask(0o022);
    try {
      return spawn(program, args, options) as Child;
    } finally {
      process.umask(before);
    }
  });
}

const isolation = new Map<Reach['kind'], Promise<boolean>>();

/** Tried once: a container may lack CAP_SYS_ADMIN, and a kernel may have no PID namespaces. */
function canIsolate(reach: Reach): Promise<boolean> {
  const known = isolation.get(reach.kind) ?? tryNamespace(reach);
  isolation.set(reach.kind, known);
  return known;
}

async function tryNamespace(reach: Reach): Promise<boolean> {
  const attempt: Command = {
    program: WRAPPERS.unshare,
    args: [...NAMESPACE.slice(1), WRAPPERS.env, 'true'],
    timeout: 0,
  };
  const child = launch([...around(reach, attempt, false), attempt.program, ...attempt.args], attempt);
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}
