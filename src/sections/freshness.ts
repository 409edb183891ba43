/** Keeps existing clones fresh, each at its own interval. Informational: a stale clone keeps nobody from working. */
import { codeOf, infraClone, repoClones, stateOfClone, type DeclaredClone } from './clones.ts';
import { code } from './code.ts';
import { milliseconds, NOTHING } from './common.ts';
import type { Person, Section } from './section.ts';

export const freshness: Section = {
  name: 'freshness',
  condition: 'CodeFresh',
  applies: (person) => codeOf(person) !== undefined,
  probes: (person) => code.probes(person),
  plan(person, facts) {
    // What a clone has configured is run on its own machine only.
    if (!facts.isLive) return NOTHING;
    // A clone that is about to be moved is due where it goes, and looked at there in the next round.
    if (code.plan(person, facts).actions.some(({ kind }) => kind === 'move')) return NOTHING;
    const interval = milliseconds(codeOf(person)?.refreshInterval ?? '1h');
    const due = clonesOf(person).filter(({ spec }) => {
      const state = stateOfClone(facts.home, spec.path);
      // A time in the future says only that a clock was set back since.
      return state.kind === 'clone' && Math.abs(facts.now - state.fetched) >= interval;
    });
    return {
      ...NOTHING,
      actions: due.map(({ spec, branch }) => ({
        kind: 'refresh-clone',
        path: spec.path,
        branch,
        timeout: spec.timeout,
      })),
    };
  },
};

function clonesOf(person: Person): DeclaredClone[] {
  const declared = codeOf(person);
  return declared === undefined ? [] : [infraClone(person, declared), ...repoClones(person, declared)];
}
