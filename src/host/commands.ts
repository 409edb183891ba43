/** Runs a declared command as a person, where its guards said so. What it prints is shown only when it fails. */
import type { CommandAction } from '../sections/action.ts';
import type { Done } from './machine.ts';
import { outcome } from './programs/failure.ts';
import { PERSON_PATH } from './programs/names.ts';
import type { Credentials } from './programs/person.ts';
import type { Reach } from './programs/reach.ts';
import { run } from './programs/run.ts';

export async function runCommand(
  reach: Reach,
  person: Credentials,
  { name, argv, env, timeout }: CommandAction,
  signal: AbortSignal,
): Promise<Done> {
  const [program = '', ...args] = argv;
  // Where people's own installers put programs, as their login has it: file-hierarchy(7).
  const ownPath = { PATH: `${person.home}/.local/bin:${PERSON_PATH}` };
  const around = { as: person, env: { ...ownPath, ...env }, cwd: person.home, timeout, signal };
  const finished = await run(reach, { program, args, ...around });
  if (finished.code === 0) return { kind: 'done' };
  const reason = finished.timedOut ? 'TimedOut' : 'CommandFailed';
  return { kind: 'failed', reason, message: `run ${name} as ${person.name}: ${outcome(finished)}` };
}
