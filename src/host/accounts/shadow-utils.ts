/**
 * The tools that change the account databases. They exclude each other by lock files, and one that finds them taken gives
 * up: so they are run one at a time.
 */
import { outcome } from '../programs/failure.ts';
import { rootOf } from '../programs/reach.ts';
import type { Reach } from '../programs/reach.ts';
import { run } from '../programs/run.ts';
import type { Finished } from '../programs/run.ts';

export type Tool = 'useradd' | 'usermod' | 'groupadd' | 'gpasswd';

/** A tool that is killed may leave a half-made account, so this is only for one that hangs. Milliseconds. */
const TIMEOUT = 60_000;

/** From useradd(8), usermod(8), groupadd(8); the tool's own words follow. */
const EXIT_CODES: Readonly<Record<number, string>> = {
  1: 'the account databases could not be changed',
  4: 'the id is taken',
  6: 'a group or account does not exist',
  9: 'the name is taken',
  10: 'the group database could not be changed',
};

/** @throws with what `attempt` (such as "creating account ada") met */
export async function runTool(
  reach: Reach,
  tool: Tool,
  args: readonly string[],
  attempt: string,
): Promise<void> {
  const prefix = reach.kind === 'image' ? ['--prefix', rootOf(reach)] : [];
  const finished = await run(reach, { program: tool, args: [...prefix, ...args], timeout: TIMEOUT });
  if (finished.code !== 0) throw new Error(`${attempt}: ${inWords(tool, finished)}`);
}

function inWords(tool: Tool, finished: Finished): string {
  const meaning = finished.code === null ? undefined : EXIT_CODES[finished.code];
  return `${meaning === undefined ? '' : `${meaning}, `}${tool} ended with ${outcome(finished)}`;
}
