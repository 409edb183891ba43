/** Brings what the remotes have, and fast-forwards only where nothing of the person's can be touched by it. */
import type { GitAction } from '../../sections/action.ts';
import type { Git } from './command.ts';
import { parseStatus, STATUS, verdict, type Skipped } from './status.ts';
import { failedBy, type Failed } from './trouble.ts';

export type Refreshed =
  | { readonly kind: 'fresh' }
  | { readonly kind: 'fast-forwarded' }
  | { readonly kind: 'skipped'; readonly reason: Skipped; readonly message: string }
  | Failed;

type Refresh = Extract<GitAction, { kind: 'refresh-clone' }>;

export async function refresh(git: Git, { path, branch }: Refresh): Promise<Refreshed> {
  const fetch = git.in(path, 'fetch', '--all', '--prune', '--quiet');
  const looked = await git.run(fetch, git.in(path, ...STATUS));
  const [, status = ''] = looked.outputs;
  if (looked.code !== 0) {
    const attempt =
      looked.outputs.length === 0 ? `fetch the remotes of ${path}` : `look at the clone ${path}`;
    return failedBy(attempt, looked);
  }
  // Output that was cut off at its start was of changed files.
  const found = looked.truncated ? 'dirty' : verdict(parseStatus(status), branch);
  if (found === 'fresh') return { kind: 'fresh' };
  if (found !== 'behind')
    return { kind: 'skipped', reason: found, message: `${path}: ${sentence(found, branch)}` };
  const merged = await git.runLocally(fastForward(git, path));
  return merged.code === 0
    ? { kind: 'fast-forwarded' }
    : failedBy(`fast-forward ${branch} of ${path}`, merged);
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
