/** File actions, in homes with the person's rights and outside of them with the agent's. */
import { dirname } from 'node:path';
import type { Before, HomeAction, SystemAction } from '../sections/action.ts';
import { FileRefused } from './files/refusal.ts';
import type { SystemFiles } from './files/system.ts';
import { digest } from './files/write.ts';
import type { Homes, HomeUser } from './home/homes.ts';
import type { Done } from './machine.ts';

export async function doInHome(
  homes: Homes,
  user: HomeUser,
  action: Exclude<HomeAction, { kind: 'give-directory' }>,
  signal: AbortSignal,
): Promise<Done> {
  return finished(() => {
    switch (action.kind) {
      case 'make-directory':
        return homes.makeDirectory(user, { path: action.path, mode: action.mode }, signal);
      case 'set-mode':
        return homes.setMode(user, action.path, action.mode, signal);
      case 'remove-tree':
        return homes.removeTree(user, action.path, signal);
      case 'move':
        return homes.rename(user, { from: action.from, to: action.to }, signal);
      case 'write-file':
        return writeInHome(homes, user, action, signal);
    }
  });
}

/** Only the directory of the file itself has a declared mode: what is above it is nobody's but the person's. */
async function writeInHome(
  homes: Homes,
  user: HomeUser,
  { path, content, mode, directoryMode, before }: Extract<HomeAction, { kind: 'write-file' }>,
  signal: AbortSignal,
): Promise<void> {
  const directory = dirname(path);
  if (directory !== user.home)
    await homes.makeDirectory(user, { path: directory, mode: directoryMode }, signal);
  await homes.writeFile(user, { path, content, mode, expect: expectation(before) }, signal);
}

export async function doInSystem(
  files: SystemFiles,
  { path, content, mode, before }: Extract<SystemAction, { kind: 'write-system-file' }>,
): Promise<Done> {
  return finished(async () => files.writeFile({ path, content, mode, expect: expectation(before) }));
}

function expectation(before: Before): string {
  return before.kind === 'absent' ? 'absent' : digest(before.text);
}

/** How file work ended, as an outcome: what it throws is a failure of the action, never of the pass. */
export async function finished(work: () => Promise<void>): Promise<Done> {
  try {
    await work();
    return { kind: 'done' };
  } catch (error) {
    return {
      kind: 'failed',
      reason: reasonOf(error),
      message: error instanceof Error ? error.message : String(error),
    };
  }
}

/** `not-a-directory` as NotADirectory. */
function reasonOf(error: unknown): string {
  if (!(error instanceof FileRefused)) return 'FileFailed';
  return error.refusal.reason.replace(/(^|-)(\w)/g, (_match, _dash, letter: string) => letter.toUpperCase());
}
