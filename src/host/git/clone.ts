/**
 * Makes clones. A clone comes to its place complete, by one rename: before that it stands beside it, under a name that
 * nobody can guess, and what a crash leaves there is removed by the next attempt.
 */
import { dirname, relative } from 'node:path';
import type { CloneSpec, GitAction, Upstream } from '../../sections/action.ts';
import { temporaryName } from '../files/temporary.ts';
import type { Done } from '../machine.ts';
import type { Git } from './command.ts';
import { fastForward } from './refresh.ts';
import { failedBy } from './trouble.ts';

/** The person's home, changed with the person's rights. */
export interface CloneHome {
  /** Moves a directory within one file system to a name that is free. Rejects with a sentence. */
  move(from: string, to: string): Promise<void>;
  /** Removes from a directory what was left under temporary names. Rejects with a sentence. */
  removeLeftovers(directory: string): Promise<void>;
}

const DONE: Done = { kind: 'done' };

export async function clone(git: Git, home: CloneHome, spec: CloneSpec): Promise<Done> {
  const parent = dirname(spec.path);
  const temporary = `${parent}/${temporaryName()}`;
  await home.removeLeftovers(parent);
  let isInPlace = false;
  try {
    const done = await cloneTo(git, temporary, spec);
    if (done.kind === 'failed') return done;
    await home.move(temporary, spec.path);
    isInPlace = true;
    return done;
  } finally {
    if (!isInPlace) await home.removeLeftovers(parent);
  }
}

/** With an upstream the first checkout is of that: what origin has is only what is on disk when it cannot be fetched. */
async function cloneTo(git: Git, path: string, { url, branch, config, upstream }: CloneSpec): Promise<Done> {
  const tracked = branch === undefined ? undefined : upstream;
  const settings = tracked === undefined ? config : [...config, ...settingsOf(tracked)];
  const cloned = await git.run([
    'clone',
    '--quiet',
    '--origin=origin',
    ...(tracked === undefined ? [] : ['--no-checkout']),
    ...(branch === undefined ? [] : [`--branch=${branch}`]),
    ...settings.map((setting) => `--config=${setting}`),
    '--',
    url,
    git.path(path),
  ]);
  if (cloned.code !== 0) return failedBy(`clone ${url}`, cloned);
  return tracked === undefined || branch === undefined ? DONE : checkOutUpstream(git, path, branch, tracked);
}

async function checkOutUpstream(git: Git, path: string, branch: string, { remote }: Upstream): Promise<Done> {
  const fetched = await git.in(path, ['fetch', '--quiet', remote]);
  const tracking = ['checkout', '--quiet', '-B', branch, '--track', `${remote}/${branch}`];
  const checkedOut = fetched.code === 0 ? await git.in(path, tracking) : fetched;
  if (checkedOut.code === 0) return DONE;
  const withOrigin = await git.in(path, ['checkout', '--quiet', branch]);
  if (withOrigin.code !== 0) return failedBy(`check out ${branch}`, withOrigin);
  return {
    kind: 'done',
    note: `${failedBy(`track ${remote}`, checkedOut).message}: until then the clone tracks origin`,
  };
}

/** Nothing of the person's can be lost: a checkout replaces no file, and the branch is only ever fast-forwarded. */
export async function finishClone(git: Git, { path, branch, config, upstream }: CloneSpec): Promise<Done> {
  const settings = upstream === undefined ? config : [...config, ...settingsOf(upstream)];
  for (const setting of settings) {
    const equals = setting.indexOf('=');
    const written = [setting.slice(0, equals), setting.slice(equals + 1)];
    const configured = await git.in(path, ['config', '--replace-all', ...written]);
    if (configured.code !== 0) return failedBy(`configure the clone ${path}`, configured);
  }
  const checkedOut = await git.in(path, ['checkout', '--quiet', ...(branch === undefined ? [] : [branch])]);
  if (checkedOut.code !== 0) return failedBy(`finish the clone ${path}`, checkedOut);
  if (upstream === undefined || branch === undefined) return DONE;
  const tracking = await track(git, path, branch, upstream);
  if (tracking.kind === 'failed') return tracking;
  const forwarded = await fastForward(git, path, branch);
  return forwarded.kind === 'failed' ? forwarded : DONE;
}

/** What `git remote add` writes, so that it can be there from the first instant of a clone. */
function settingsOf({ remote, url }: Upstream): string[] {
  return [`remote.${remote}.url=${url}`, `remote.${remote}.fetch=+refs/heads/*:refs/remotes/${remote}/*`];
}

type SetUpstream = Extract<GitAction, { kind: 'set-upstream' }>;

export async function setUpstream(git: Git, { path, branch, upstream, add }: SetUpstream): Promise<Done> {
  if (add) {
    const added = await git.in(path, ['remote', 'add', upstream.remote, upstream.url]);
    if (added.code !== 0) return failedBy(`add the remote ${upstream.remote} to ${path}`, added);
  }
  return track(git, path, branch, upstream);
}

async function track(git: Git, path: string, branch: string, { remote }: Upstream): Promise<Done> {
  const attempt = `make ${branch} of ${path} track ${remote}`;
  const fetched = await git.in(path, ['fetch', '--quiet', remote]);
  if (fetched.code !== 0) return failedBy(attempt, fetched);
  const tracking = await git.in(path, ['branch', `--set-upstream-to=${remote}/${branch}`, branch]);
  return tracking.code === 0 ? DONE : failedBy(attempt, tracking);
}

type Hoist = Extract<GitAction, { kind: 'hoist-clone' }>;

/** What the outer clone tracks belongs to it, and stays. */
export async function hoist(git: Git, home: CloneHome, { outer, from, clone: spec }: Hoist): Promise<Done> {
  const inOuter = relative(outer, from);
  const listed = await git.in(outer, ['ls-files', '--error-unmatch', '--', inOuter]);
  if (listed.code === 0) return clone(git, home, spec);
  if (listed.code !== UNMATCHED) return failedBy(`look at the clone ${outer}`, listed);
  await home.move(from, spec.path);
  return DONE;
}

/** The exit code of `git ls-files --error-unmatch` where a path is not tracked. */
const UNMATCHED = 1;
