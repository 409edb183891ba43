/** Keeps existing clones fresh, each at its own interval. Informational: a stale clone keeps nobody from working. */
import type { CloneSpec } from './action.ts';
import { codeOf, infraClone, repoClones, stateOfClone, type DeclaredClone } from './clones.ts';
import { code } from './code.ts';
import { milliseconds, NOTHING } from './common.ts';
import type { Person, Section } from './section.ts';

export const freshness: Section = {
  name: 'freshness',
  condition: 'CodeFresh',
  runsTheirs: true,
  applies: (person) => codeOf(person) !== undefined,
  probes: (person) => code.probes(person),
  plan(person, facts) {
    // What a clone has configured is run on its own machine only.
    if (!facts.isLive) return NOTHING;
    // A clone that is about to be moved is due where it goes, and looked at there in the next round.
    if (code.plan(person, facts).actions.some(({ kind }) => kind === 'move')) return NOTHING;
    const interval = intervalOf(person);
    const clones = clonesOf(person).flatMap((clone) => {
      const state = stateOfClone(facts.home, clone.spec.path);
      return state.kind === 'clone' ? [{ ...clone, ...state }] : [];
    });
    // A time in the future says only that a clock was set back since.
    const [due, fresh] = [true, false].map((wanted) =>
      clones.filter(({ fetched }) => Math.abs(facts.now - fetched) >= interval === wanted),
    );
    const next = Math.min(...(fresh ?? []).map(({ fetched }) => fetched + interval));
    return {
      ...NOTHING,
      ...(next < Infinity ? { next } : {}),
      actions: (due ?? []).map(({ spec, branch, config }) => ({
        kind: 'refresh-clone',
        path: spec.path,
        branch,
        remotes: declaredRemotes(spec).filter((name) => config.remotes.has(name)),
        timeout: spec.timeout,
      })),
    };
  },
};

/** Only these say whether a clone is fresh: whatever else the person has added is the person's to keep reachable. */
function declaredRemotes({ upstream }: CloneSpec): string[] {
  return ['origin', ...(upstream === undefined ? [] : [upstream.remote])];
}

/** Milliseconds: the declared interval, and up to a tenth more by the name, so that not everybody fetches at one time. */
function intervalOf(person: Person): number {
  const interval = milliseconds(codeOf(person)?.refreshInterval ?? '1h');
  return Math.round(interval * (1 + spreadOf(person.osUser) / 10));
}

/** From 0 up to 1, evenly over names: FNV-1a. */
function spreadOf(name: string): number {
  let hash = 2_166_136_261;
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619);
  return (hash >>> 0) / 2 ** 32;
}

function clonesOf(person: Person): DeclaredClone[] {
  const declared = codeOf(person);
  return declared === undefined ? [] : [infraClone(person, declared), ...repoClones(person, declared)];
}
