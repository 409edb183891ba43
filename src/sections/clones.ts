/** Which clones a person has, and what can be read of each without running git. */
import { selects, type Code } from '../api/workstation/index.ts';
import type { CloneSpec } from './action.ts';
import { at, inHome, milliseconds } from './common.ts';
import type { Entries, Entry, Probe } from './facts.ts';
import { parseGitConfig, type GitConfig } from './gitconfig.ts';
import { lately } from './lately.ts';
import type { Person } from './section.ts';

/** One clone as declared. */
export interface DeclaredClone {
  /** `infra` or the name of the repo, for messages. */
  readonly name: string;
  readonly spec: CloneSpec;
  /** The branch that is kept fresh. */
  readonly branch: string;
}

export function codeOf(person: Person): Code | undefined {
  const { code } = person.policy;
  return code && selects(code, person.spec.tier) ? code : undefined;
}

/** The code directory: the infra clone in the single layout, its parent in the workspace layout. */
export function codeDirectory(person: Person, code: Code): string {
  return inHome(person, code.path);
}

export function infraClone(person: Person, code: Code): DeclaredClone {
  const { infra, timeout } = code;
  const directory = codeDirectory(person, code);
  const passThrough = infra.lockedFilters.flatMap((filter) => [
    `filter.${filter}.smudge=cat`,
    `filter.${filter}.clean=cat`,
    `filter.${filter}.required=false`,
  ]);
  return {
    name: infra.name,
    branch: infra.branch,
    spec: {
      url: infra.remote,
      path: person.spec.codeLayout === 'workspace' ? `${directory}/${infra.name}` : directory,
      branch: infra.branch,
      config: passThrough,
      timeout: milliseconds(timeout),
      ...(infra.canonical === undefined
        ? {}
        : { upstream: { remote: infra.canonical.name, url: infra.canonical.remote } }),
    },
  };
}

export function repoClones(person: Person, code: Code): DeclaredClone[] {
  const { repos, infra, timeout } = code;
  if (repos === undefined || person.spec.codeLayout !== 'workspace') return [];
  return (person.spec.repos ?? []).map((name) => ({
    name,
    branch: infra.branch,
    spec: {
      url: `${repos.baseURL.replace(/\/+$/, '')}/${name}.git`,
      path: `${codeDirectory(person, code)}/${name}`,
      config: [],
      timeout: milliseconds(timeout),
    },
  }));
}

/** What to look at to know how a clone stands. */
export function cloneProbes(path: string): Probe[] {
  return [
    { path, read: 'list' },
    { path: `${path}/.git`, read: 'stat' },
    { path: `${path}/.git/index`, read: 'stat' },
    { path: `${path}/.git/config`, read: 'text' },
    { path: `${path}/.git/FETCH_HEAD`, read: 'stat' },
  ];
}

const gitConfigOf = lately(parseGitConfig);

export type CloneState =
  | { readonly kind: 'absent' }
  /** A directory that is not ours to touch: a worktree, no clone at all, a configuration that cannot be read. */
  | { readonly kind: 'own'; readonly isGit: boolean }
  /** Something that no clone can be made at. */
  | { readonly kind: 'blocked'; readonly entry: Entry }
  /** A clone that was interrupted before its first checkout. */
  | { readonly kind: 'unfinished' }
  | {
      readonly kind: 'clone';
      readonly config: GitConfig;
      /** When its remotes were last asked, milliseconds since 1970. */
      readonly fetched: number;
    };

export function stateOfClone(home: Entries, path: string): CloneState {
  const entry = at(home, path);
  if (entry.kind === 'absent') return { kind: 'absent' };
  if (entry.kind !== 'directory') return { kind: 'blocked', entry };
  const git = at(home, `${path}/.git`);
  const config = at(home, `${path}/.git/config`);
  if (git.kind !== 'directory' || config.kind !== 'file' || config.text === undefined) {
    return { kind: 'own', isGit: git.kind !== 'absent' };
  }
  const isBare = entry.names?.length === 1 && at(home, `${path}/.git/index`).kind === 'absent';
  if (isBare) return { kind: 'unfinished' };
  const fetchHead = at(home, `${path}/.git/FETCH_HEAD`);
  const fetched = fetchHead.kind === 'file' ? fetchHead.modified : config.modified;
  return { kind: 'clone', config: gitConfigOf(config.text), fetched };
}
