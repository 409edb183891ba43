import type { Condition } from '../../../src/api/conditions.ts';
import type { Verdict } from '../../../src/cluster/acceptance.ts';
import { inPlaceOf, statementsOf } from '../../../src/cluster/findings.ts';
import type { Life } from '../../../src/cluster/lifeline.ts';
import { statusPatch } from '../../../src/cluster/status.ts';
import { condition, user, workstation } from './objects.ts';

const NOW = new Date('2026-02-02T02:02:02.222Z');
const ALIVE: Life = { kind: 'alive', ms: 1 };
const LOST: Life = { kind: 'lost', seen: true };
const ACCEPTED: Verdict = { kind: 'accepted', reason: 'Accepted', message: 'ok' };
const CONFLICT: Verdict = { kind: 'refused', reason: 'TierConflict', message: 'no' };
const NOT_FOUND: Verdict = { kind: 'refused', reason: 'WorkstationNotFound', message: 'none' };
const ACCESS = { type: 'ClusterAccessReady', status: 'True', reason: 'Bound', message: 'x' } as const;

const SAID = condition('Accepted', 'True', 'Accepted', 'ok');
const REFUSED = [
  condition('Accepted', 'False', 'TierConflict', 'no'),
  condition('Stalled', 'True', 'TierConflict', 'no'),
];
const READY = condition('Ready', 'True', 'Ready', 'the agent says so');
const PENDING = condition('Ready', 'Unknown', 'Pending', 'the agent of m has not reported yet');
const AGENT_LOST = condition(
  'Ready',
  'Unknown',
  'AgentLost',
  'the agent of m no longer renews its Lease: see that the machine and its agent run',
);

interface Case {
  readonly live: readonly Condition[];
  readonly verdict?: Verdict;
  readonly life?: Life | 'none';
  readonly access?: typeof ACCESS;
  readonly held?: readonly string[];
  readonly generation?: number;
  /** `TYPE=STATUS/REASON`, with `!` in front where the object must be as it was seen; undefined: nothing is written. */
  readonly written: string | undefined;
}

const CASES: Readonly<Record<string, Case>> = {
  'of whom nothing was said is accepted, and waits for the agent': {
    live: [],
    written: '!Accepted=True/Accepted Ready=Unknown/Pending',
  },
  'of whom all is said is left alone': { live: [SAID, PENDING], written: undefined },
  'of whom the agent says that they are ready is left alone': { live: [SAID, READY], written: undefined },
  'whose agent was quicker gets what is missing': { live: [READY], written: 'Accepted=True/Accepted' },
  'whose spec was changed is judged anew': {
    live: [SAID, READY],
    generation: 2,
    written: 'Accepted=True/Accepted',
  },
  'has access, in the same write': {
    live: [],
    access: ACCESS,
    written: '!Accepted=True/Accepted ClusterAccessReady=True/Bound Ready=Unknown/Pending',
  },
  'has access no more': {
    live: [SAID, READY, condition('ClusterAccessReady', 'True', 'Bound', 'x')],
    written: 'Accepted=True/Accepted',
  },
  'who is refused is stalled': {
    live: [],
    verdict: CONFLICT,
    written: '!Accepted=False/TierConflict Ready=False/TierConflict Stalled=True/TierConflict',
  },
  'who is refused later is stalled, and Ready stays the agent’s': {
    live: [SAID, READY],
    verdict: CONFLICT,
    written: '!Accepted=False/TierConflict Stalled=True/TierConflict',
  },
  'whom the agent says to be stalled, of what it knows, stays so': {
    live: [SAID, READY, condition('Stalled', 'True', 'EnvFileTaken', 'agent')],
    verdict: CONFLICT,
    written: 'Accepted=False/TierConflict',
  },
  'whom the agent says to be stalled with the same words is left alone': {
    live: [...REFUSED, condition('Ready', 'False', 'TierConflict', 'no')],
    verdict: CONFLICT,
    written: undefined,
  },
  'who is accepted after all is stalled no more': {
    live: [...REFUSED, READY],
    written: 'Accepted=True/Accepted',
  },
  'whose stall the agent took over is let go': {
    live: [SAID, READY, condition('Stalled', 'True', 'EnvFileTaken', 'agent')],
    held: ['Accepted', 'Stalled'],
    written: 'Accepted=True/Accepted',
  },
  'whose agent is lost is known to nobody': {
    live: [SAID, READY],
    life: LOST,
    written: '!Accepted=True/Accepted Ready=Unknown/AgentLost',
  },
  'whose agent is lost, as was said, is left alone': {
    live: [SAID, AGENT_LOST],
    life: LOST,
    written: undefined,
  },
  'whose agent was lost and may be back is left alone': {
    live: [SAID, AGENT_LOST],
    life: { kind: 'unproven', ms: 1 },
    written: undefined,
  },
  'whose agent is back is the agent’s to speak of': { live: [SAID, AGENT_LOST], written: undefined },
  'whose agent is back keeps what was said, when something else is written': {
    live: [SAID, AGENT_LOST],
    generation: 2,
    written: 'Accepted=True/Accepted Ready=Unknown/AgentLost',
  },
  'whose machine does not exist has nobody else to speak of them': {
    live: [SAID, READY],
    verdict: NOT_FOUND,
    life: 'none',
    written:
      '!Accepted=False/WorkstationNotFound Ready=False/WorkstationNotFound Stalled=True/WorkstationNotFound',
  },
  'whose machine exists after all waits for its agent': {
    live: [
      condition('Accepted', 'False', 'WorkstationNotFound', 'none'),
      condition('Ready', 'False', 'WorkstationNotFound', 'none'),
      condition('Stalled', 'True', 'WorkstationNotFound', 'none'),
    ],
    written: 'Accepted=True/Accepted Ready=Unknown/Pending',
  },
};

function patchFor({ live, verdict = ACCEPTED, life = ALIVE, access, held = [], generation = 1 }: Case) {
  const about = user('emo', { workstation: 'm' }, { generation }, live);
  const found = { verdict, life: life === 'none' ? undefined : life, access };
  return statusPatch(about, statementsOf(about, found), new Set(held), NOW);
}

describe('a user', () => {
  it.each(Object.entries(CASES))('%s', (_, given) => {
    const patch = patchFor(given);
    const conditions = patch?.conditions.map(({ type, status, reason }) => `${type}=${status}/${reason}`);
    expect(patch && `${patch.isTakeover ? '!' : ''}${conditions?.join(' ')}`).toBe(given.written);
  });

  it.each(Object.entries(CASES))('%s, and once that is written, nothing more is', (_, given) => {
    const patch = patchFor(given);
    const written = patch?.conditions ?? [];
    const gone = given.held ?? (given.live.some(({ type }) => type === 'Stalled') ? ['Stalled'] : []);
    const kept = given.live.filter(
      ({ type, reason }) =>
        !written.some((each) => each.type === type) &&
        (reason === 'EnvFileTaken' || !gone.includes(type)) &&
        type !== 'ClusterAccessReady',
    );
    const live = patch === undefined ? given.live : [...kept, ...written];
    expect(patchFor({ ...given, live, held: written.map(({ type }) => type) })).toBeUndefined();
  });
});

it('a condition keeps its time while its status does, and has the generation that it is said of', () => {
  const patch = patchFor({
    live: [condition('Accepted', 'False', 'X', 'x', 1), READY],
    generation: 3,
    written: '',
  });
  expect(patch?.conditions).toEqual([
    {
      type: 'Accepted',
      status: 'True',
      reason: 'Accepted',
      message: 'ok',
      observedGeneration: 3,
      lastTransitionTime: '2026-02-02T02:02:02Z',
    },
  ]);
  const again = patchFor({
    live: [condition('Accepted', 'True', 'X', 'x', 1), READY],
    generation: 3,
    written: '',
  });
  expect(again?.conditions[0]?.lastTransitionTime).toBe('2026-01-01T00:00:00Z');
});

describe('a machine', () => {
  it.each<[string, Life, Condition[], string | undefined]>([
    ['without a word of its agent is pending', ALIVE, [], 'Unknown/Pending'],
    ['is its agent’s to speak of', ALIVE, [READY], undefined],
    ['whose agent is lost is known to nobody', LOST, [READY], 'Unknown/AgentLost'],
    ['where no agent ever was is known to nobody', { kind: 'lost', seen: false }, [], 'Unknown/AgentLost'],
  ])('%s', (_, life, live, expected) => {
    const patch = statusPatch(workstation('m', {}, {}, live), [inPlaceOf('m', life)], new Set(), NOW);
    expect(patch?.conditions.map(({ status, reason }) => `${status}/${reason}`)[0]).toBe(expected);
  });
});
