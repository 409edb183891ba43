/** Brings what the remotes have, and fast-forwards only where nothing of the person's can be touched by it. */
import type { GitAction } from '../../sections/action.ts';
import type { Done } from '../machine.ts';
import type { Git } from './command.ts';
import { parseStatus, STATUS, verdict, type Skipped } from './status.ts';
import { failedBy } from './trouble.ts';

type Refresh = Extract<GitAction, { kind: 'refresh-clone' }>;

export async function refresh(git: Git, { path, branch, remotes }: Refresh): Promise<Done> {
  const declared = remotes.length === 0 ? [] : [fetchDeclared(git, path, remotes)];
  const looked = await git.run(...declared, git.in(path, ...STATUS), fetchOthers(git, path, remotes));
  const status = looked.outputs[declared.length];
  if (status === undefined) {
    const attempt =
      looked.outputs.length < declared.length ? `fetch the remotes of ${path}` : `look at the clone ${path}`;
    return failedBy(attempt, looked);
  }
  const others = looked.code === 0 ? [] : [failedBy(`fetch other remotes of ${path}`, looked).message];
  // Output that was cut off at its start was of changed files.
  const found = looked.truncated ? 'dirty' : verdict(parseStatus(status), branch);
  if (found === 'behind') {
    const merged = await git.runLocally(fastForward(git, path));
    if (merged.code !== 0) return failedBy(`fast-forward ${branch} of ${path}`, merged);
  }
  const skipped = found === 'fresh' || found === 'behind' ? [] : [`${path}: ${sentence(found, branch)}`];
  const notes = [...skipped, ...others];
  return {
    kind: 'done',
    ...(notes.length === 0 ? {} : { note: notes.join('; ') }),
    ...(found === 'behind' ? {} : { unchanged: true }),
  };
}

function fetchDeclared(git: Git, path: string, remotes: readonly string[]): string[] {
  return git.in(path, 'fetch', '--multiple', '--prune', '--quiet', ...remotes);
}

/** What the person has set for a remote of their own holds: git-config(1), remote.<name>.skipFetchAll. */
function fetchOthers(git: Git, path: string, remotes: readonly string[]): string[] {
  const skip = remotes.flatMap((remote) => ['-c', `remote.${remote}.skipFetchAll=true`]);
  return git.in(path, ...skip, 'fetch', '--all', '--prune', '--quiet');
}

/** To the upstream of the branch that is checked out. Git itself refuses whatever would lose a change. */
export function fastForward(git: Git, path: string): string[] {
  return git.in(path, 'merge', '--ff-only', '--no-autostash', '--quiet', '@{upstream}');
}

function sentence(reason: Skipped, branch: string): string {
  switch (reason) {
    case 'dirty':
      return `not fast-forwarded, it has changes that are not committed or files that git does not know`;
    case 'other-branch':
      return `not fast-forwarded, ${branch} is not checked out`;
    case 'no-upstream':
      return `not fast-forwarded, ${branch} has no upstream, or its remote has no such branch`;
    case 'ahead':
      return `not fast-forwarded, ${branch} has commits that its upstream has not`;
  }
}
