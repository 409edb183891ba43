/**
 * Clones of code. What stands at a clone's place is never touched, whatever it is; an existing clone gets at most a
 * missing remote and an upstream. A clone in the single layout is moved, not made anew, when its owner changes layout.
 */
import type { Code } from '../api/workstation/index.ts';
import type { Action } from './action.ts';
import {
  cloneProbes,
  codeDirectory,
  codeOf,
  infraClone,
  repoClones,
  stateOfClone,
  type CloneState,
  type DeclaredClone,
} from './clones.ts';
import { at, joined, NOTHING, onlyTrouble, refused } from './common.ts';
import { inTheWay } from './existing.ts';
import type { Entries, Probe } from './facts.ts';
import { parkingOf, planMigration, planReturn } from './migration.ts';
import type { Facts, Person, Section, SectionPlan } from './section.ts';

export const code: Section = {
  name: 'code',
  condition: 'CodeReady',
  runsTheirs: true,
  applies: (person) => codeOf(person) !== undefined,
  probes(person) {
    const declared = codeOf(person);
    return declared === undefined ? {} : { home: probesOf(person, declared) };
  },
  plan(person, facts) {
    const declared = codeOf(person);
    if (declared === undefined) return NOTHING;
    return person.spec.codeLayout === 'workspace'
      ? planWorkspace(person, facts, declared)
      : planSingle(person, facts, declared);
  },
};

function probesOf(person: Person, declared: Code): Probe[] {
  const infra = infraClone(person, declared);
  const parking = { path: parkingOf(person), read: 'stat' } as const;
  if (person.spec.codeLayout === 'single') return [parking, ...cloneProbes(infra.spec.path)];
  const directory = codeDirectory(person, declared);
  const repos = repoClones(person, declared);
  return [
    parking,
    { path: directory, read: 'stat' },
    { path: `${directory}/.git`, read: 'stat' },
    ...cloneProbes(infra.spec.path),
    ...repos.flatMap(({ name, spec }) => [
      ...cloneProbes(spec.path),
      { path: `${infra.spec.path}/${name}/.git`, read: 'stat' } as const,
    ]),
  ];
}

function planSingle(person: Person, { home }: Facts, declared: Code): SectionPlan {
  const infra = infraClone(person, declared);
  const back = planReturn(person, home, infra.spec.path);
  return back.actions.length > 0 ? back : planClone(home, infra);
}

function planWorkspace(person: Person, facts: Facts, declared: Code): SectionPlan {
  const directory = codeDirectory(person, declared);
  const infra = infraClone(person, declared);
  const moving = planMigration(person, facts.home, directory, infra.spec.path);
  // What a move brings along is known only when it is done: the next look plans the rest.
  if (moving.actions.length > 0 || moving.troubles.length > 0) return moving;
  const hasDirectory = at(facts.home, directory).kind === 'directory';
  const directoryAction: Action[] = hasDirectory
    ? []
    : [{ kind: 'make-directory', path: directory, mode: 0o755 }];
  return joined([
    { ...NOTHING, actions: directoryAction },
    planClone(facts.home, infra),
    ...repoClones(person, declared).map((repo) => planRepo(facts.home, infra, repo)),
    { ...NOTHING, notes: notesOnRepos(person, declared) },
  ]);
}

function notesOnRepos({ spec: { repos = [] } }: Person, { repos: source }: Code): string[] {
  return source === undefined && repos.length > 0
    ? [`repos are not cloned (${repos.join(', ')}): the policy has no code.repos to clone them from`]
    : [];
}

function planRepo(home: Entries, infra: DeclaredClone, repo: DeclaredClone): SectionPlan {
  if (repo.spec.path === infra.spec.path) {
    const message = `clone ${repo.name}: ${infra.spec.path} is the place of the clone that everybody has: remove it from repos`;
    return onlyTrouble(refused('NameTaken', message));
  }
  const nested = `${infra.spec.path}/${repo.name}`;
  const isNested = at(home, `${nested}/.git`).kind === 'directory';
  if (!isNested || stateOfClone(home, repo.spec.path).kind !== 'absent') return planClone(home, repo);
  return {
    ...NOTHING,
    actions: [{ kind: 'hoist-clone', outer: infra.spec.path, from: nested, clone: repo.spec }],
  };
}

function planClone(home: Entries, clone: DeclaredClone): SectionPlan {
  const state = stateOfClone(home, clone.spec.path);
  switch (state.kind) {
    case 'absent':
      return { ...NOTHING, actions: [{ kind: 'clone', clone: clone.spec }] };
    case 'unfinished':
      return { ...NOTHING, actions: [{ kind: 'finish-clone', clone: clone.spec }] };
    case 'blocked':
      return onlyTrouble(inTheWay(`clone ${clone.name}`, clone.spec.path, state.entry));
    case 'own':
      return state.isGit ? NOTHING : { ...NOTHING, notes: [noteOnOwn(clone)] };
    case 'clone':
      return { ...NOTHING, actions: upstreamActions(clone, state) };
  }
}

function noteOnOwn({ name, spec: { path } }: DeclaredClone): string {
  return `${path} is no clone and stays as it is: to have ${name} cloned there, move it away`;
}

function upstreamActions(
  { spec, branch }: DeclaredClone,
  { config }: CloneState & { kind: 'clone' },
): Action[] {
  const { upstream, path, timeout } = spec;
  if (upstream === undefined) return [];
  const add = !config.remotes.has(upstream.remote);
  const tracked = config.branches.get(branch);
  if (!add && tracked?.remote === upstream.remote && tracked.merge === `refs/heads/${branch}`) return [];
  return [{ kind: 'set-upstream', path, branch, upstream, add, timeout }];
}
