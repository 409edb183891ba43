/** What `git status --porcelain=v2 --branch` prints, and whether a clone may be fast-forwarded: git-status(1). Pure. */

export interface Status {
  /** The branch that is checked out; undefined where HEAD is detached. */
  readonly branch: string | undefined;
  /** Whether anything differs from the last commit, files that git does not know included. */
  readonly isDirty: boolean;
  /** Commits before and behind the upstream; undefined where there is none, or it is gone. */
  readonly upstream: { readonly ahead: number; readonly behind: number } | undefined;
}

export const STATUS = [
  'status',
  '--porcelain=v2',
  '--branch',
  '--untracked-files=normal',
  '--ignore-submodules=dirty',
];

export function parseStatus(text: string): Status {
  const lines = text.split('\n').filter(Boolean);
  const header = (name: string) =>
    lines.find((line) => line.startsWith(`# branch.${name} `))?.slice(`# branch.${name} `.length);
  const head = header('head');
  const [, ahead, behind] = /^\+(\d+) -(\d+)$/.exec(header('ab') ?? '') ?? [];
  return {
    branch: head === '(detached)' ? undefined : head,
    isDirty: lines.some((line) => !line.startsWith('# ')),
    upstream: ahead === undefined ? undefined : { ahead: Number(ahead), behind: Number(behind) },
  };
}

/** Why a clone is left as it is; the person may be at work in it. */
export type Skipped = 'other-branch' | 'dirty' | 'no-upstream' | 'ahead';

/** What is to be done about `branch`. */
export function verdict(
  { branch: found, isDirty, upstream }: Status,
  branch: string,
): 'fresh' | 'behind' | Skipped {
  if (isDirty) return 'dirty';
  if (found !== branch) return 'other-branch';
  if (upstream === undefined) return 'no-upstream';
  if (upstream.ahead > 0) return 'ahead';
  return upstream.behind === 0 ? 'fresh' : 'behind';
}
