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
async function cloneTo(git: Git, path: string, spec: CloneSpec): Promise<Done> {
  const { url, branch, upstream } = spec;
  if (upstream === undefined || branch === undefined) {
    const cloned = await git.run(cloneCommand(git, path, spec, spec.config));
    return cloned.code === 0 ? DONE : failedBy(`clone ${url}`, cloned);
  }
  const { remote } = upstream;
  const cloned = await git.run(
    [...cloneCommand(git, path, spec, [...spec.config, ...settingsOf(upstream)], '--no-checkout')],
    git.in(path, 'fetch', '--quiet', remote),
    git.in(path, 'checkout', '--quiet', '-B', branch, '--track', `${remote}/${branch}`),
  );
  if (cloned.code === 0) return DONE;
  if (cloned.outputs.length === 0) return failedBy(`clone ${url}`, cloned);
  const withOrigin = await git.runLocally(git.in(path, 'checkout', '--quiet', branch));
  if (withOrigin.code !== 0) return failedBy(`check out ${branch}`, withOrigin);
  return {
    kind: 'done',
    note: `${failedBy(`track ${remote}`, cloned).message}: until then the clone tracks origin`,
  };
}

function cloneCommand(
  git: Git,
  path: string,
  { url, branch }: CloneSpec,
  settings: readonly string[],
  ...options: readonly string[]
): string[] {
  const named = branch === undefined ? [] : [`--branch=${branch}`];
  const configured = settings.map((setting) => `--config=${setting}`);
  return [
    'clone',
    '--quiet',
    '--origin=origin',
    ...options,
    ...named,
    ...configured,
    '--',
    url,
    git.path(path),
  ];
}

/** What `git remote add` writes, so that it can be there from the first instant of a clone. */
function settingsOf({ remote, url }: Upstream): string[] {
  return [`remote.${remote}.url=${url}`, `remote.${remote}.fetch=+refs/heads/*:refs/remotes/${remote}/*`];
}

/** Nothing of the person's can be lost: a checkout replaces no file, and the branch is only ever fast-forwarded. */
export async function finishClone(git: Git, { path, branch, config, upstream }: CloneSpec): Promise<Done> {
  const settings = upstream === undefined ? config : [...config, ...settingsOf(upstream)];
  const configure = settings.map((setting) => {
    const equals = setting.indexOf('=');
    return git.in(path, 'config', '--replace-all', setting.slice(0, equals), setting.slice(equals + 1));
  });
  const checkOut = git.in(path, 'checkout', '--quiet', ...(branch === undefined ? [] : [branch]));
  const finished = await git.runLocally(...configure, checkOut);
  if (finished.code !== 0) return failedBy(`finish the clone ${path}`, finished);
  if (upstream === undefined || branch === undefined) return DONE;
  return track(git, path, branch, upstream, [], [fastForward(git, path)]);
}

type SetUpstream = Extract<GitAction, { kind: 'set-upstream' }>;

export function setUpstream(git: Git, { path, branch, upstream, add }: SetUpstream): Promise<Done> {
  const added = add ? [git.in(path, 'remote', 'add', upstream.remote, upstream.url)] : [];
  return track(git, path, branch, upstream, added, []);
}

async function track(
  git: Git,
  path: string,
  branch: string,
  { remote }: Upstream,
  before: readonly string[][],
  after: readonly string[][],
): Promise<Done> {
  const fetch = git.in(path, 'fetch', '--quiet', remote);
  const track = git.in(path, 'branch', '--quiet', `--set-upstream-to=${remote}/${branch}`, branch);
  const finished = await git.run(...before, fetch, track, ...after);
  return finished.code === 0 ? DONE : failedBy(`make ${branch} of ${path} track ${remote}`, finished);
}

type Hoist = Extract<GitAction, { kind: 'hoist-clone' }>;

/** What the outer clone tracks belongs to it, and stays. */
export async function hoist(git: Git, home: CloneHome, { outer, from, clone: spec }: Hoist): Promise<Done> {
  const listed = await git.runLocally(
    git.in(outer, 'ls-files', '--error-unmatch', '--', relative(outer, from)),
  );
  if (listed.code === 0) return clone(git, home, spec);
  if (listed.code !== UNMATCHED) return failedBy(`look at the clone ${outer}`, listed);
  await home.move(from, spec.path);
  return DONE;
}

/** The exit code of `git ls-files --error-unmatch` where a path is not tracked. */
const UNMATCHED = 1;
