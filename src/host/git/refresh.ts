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
  const fetched = await git.in(path, ['fetch', '--all', '--prune', '--quiet']);
  if (fetched.code !== 0) return failedBy(`fetch the remotes of ${path}`, fetched);
  const status = await git.in(path, STATUS);
  if (status.code !== 0) return failedBy(`look at the clone ${path}`, status);
  // What was cut off at the start can only be followed by changed files.
  const found = status.truncated ? 'dirty' : verdict(parseStatus(status.stdout), branch);
  if (found === 'fresh') return { kind: 'fresh' };
  if (found !== 'behind')
    return { kind: 'skipped', reason: found, message: `${path}: ${sentence(found, branch)}` };
  return fastForward(git, path, branch);
}

export async function fastForward(git: Git, path: string, branch: string): Promise<Refreshed> {
  const merged = await git.in(path, ['merge', '--ff-only', '--no-autostash', '--quiet', '@{upstream}']);
  if (merged.code !== 0) return failedBy(`fast-forward ${branch} of ${path}`, merged);
  return { kind: 'fast-forwarded' };
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
