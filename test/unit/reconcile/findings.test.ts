import type { ConditionType } from '../../../src/api/conditions.ts';
import { findingsOf, findingsOfStalled, type Seen } from '../../../src/reconcile/findings.ts';
import type { PlannedSection } from '../../../src/reconcile/plan.ts';
import { NOTHING, refused, waiting } from '../../../src/sections/common.ts';
import { sentenceOf } from './passes.ts';

function left(condition: ConditionType, plan: Partial<PlannedSection> = {}): PlannedSection {
  return { ...NOTHING, section: 'any', condition, ...plan };
}

function said(plans: readonly PlannedSection[], more: Partial<Seen> = {}): string[] {
  return findingsOf({ left: plans, failures: [], notes: new Map(), ...more }).map(sentenceOf);
}

const ready = 'Ready=True Ready: everything is as declared';
const account = left('AccountReady');
const move = { kind: 'move', from: '/a', to: '/b' } as const;

it.each<[string, string[], string[]]>([
  ['a person with nothing left is Ready', said([account]), [ready, 'AccountReady=True Ready']],
  [
    'what applies is said, in the order of a pass whatever the order of the sections',
    said([left('ServicesReady'), account]),
    [ready, 'AccountReady=True Ready', 'ServicesReady=True Ready'],
  ],
  [
    'what may come right by itself is retried',
    said([left('CodeReady', { troubles: [waiting('Down', 'no answer'), waiting('Slow', 'late')] })]),
    [
      'Ready=False Down: CodeReady: no answer; late',
      'CodeReady=False Down: no answer; late',
      'Reconciling=True Retrying: the next pass tries again: CodeReady',
    ],
  ],
  [
    'what somebody must change is stalled, and not retried',
    said([
      left('CodeReady', { troubles: [waiting('Down', 'no answer')] }),
      left('FilesReady', { troubles: [refused('Link', 'a link')] }),
    ]),
    [
      'Ready=False Down: CodeReady: no answer; FilesReady: a link',
      'CodeReady=False Down: no answer',
      'FilesReady=False Link: a link',
      'Stalled=True Link: a link',
    ],
  ],
  [
    'two sections of one condition are said as one',
    said([
      left('FilesReady', { notes: ['a'] }),
      left('FilesReady', { troubles: [waiting('Down', 'b')] }),
    ]).slice(1),
    ['FilesReady=False Down: b', 'Reconciling=True Retrying: the next pass tries again: FilesReady'],
  ],
  [
    'what is left to do is said by its kinds',
    said([left('CodeReady', { actions: [move, move, { kind: 'lock-account' }] })]).slice(1, 2),
    ['CodeReady=False NotConverged: still to do after the pass: move, lock-account'],
  ],
  [
    'a failure is said before what is left',
    said([left('CodeReady', { actions: [move], troubles: [waiting('Down', 'x')] })], {
      failures: [{ condition: 'CodeReady', reason: 'Broken', message: 'it broke' }],
    }).slice(1, 2),
    ['CodeReady=False Broken: it broke'],
  ],
  [
    'what only informs keeps nobody from being Ready',
    said([account, left('CodeFresh', { troubles: [refused('Down', 'stale')] })]),
    [ready, 'AccountReady=True Ready', 'CodeFresh=False Down: stale'],
  ],
  [
    'notes of plans and of actions are said, each once',
    said([left('CodeReady', { notes: ['a', 'b'] })], { notes: new Map([['CodeReady', ['b', 'c', 'c']]]) }),
    [ready, 'CodeReady=True ReadyWithNotes: a; b; c'],
  ],
])('%s', (_sentence, found, wanted) => {
  expect(found).toEqual(wanted);
});

it('somebody who cannot be accepted is stalled', () => {
  expect(findingsOfStalled('AccountTaken', 'choose another').map(sentenceOf)).toEqual([
    'Ready=False AccountTaken: choose another',
    'Accepted=False AccountTaken: choose another',
    'Stalled=True AccountTaken: choose another',
  ]);
});
