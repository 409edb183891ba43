import { customResourceDefinitions } from '../../src/api/crd/index.ts';
import type { ConditionType, Finding } from '../../src/api/conditions.ts';
import { API_VERSION } from '../../src/api/user.ts';
import { findingsOf, findingsOfStalled } from '../../src/reconcile/findings.ts';
import type { PlannedSection } from '../../src/reconcile/plan.ts';
import { EMPTY_STATE } from '../../src/report/record.ts';
import { afterPass } from '../../src/report/update.ts';
import { NOTHING, refused, waiting } from '../../src/sections/common.ts';
import type { Trouble } from '../../src/sections/section.ts';
import { describeServers } from '../harness/requirements.ts';
import { judge, type Verdict } from '../harness/servers/kstatus.ts';
import { user } from '../unit/reconcile/passes.ts';

/** What a pass found, one section for each of the troubles. */
function found(troubles: Readonly<Partial<Record<ConditionType, Trouble>>>): readonly Finding[] {
  const left = Object.entries({ AccountReady: undefined, ...troubles }).map(
    ([condition, trouble]): PlannedSection => ({
      ...NOTHING,
      section: 'any',
      condition: condition as ConditionType,
      troubles: trouble === undefined ? [] : [trouble],
    }),
  );
  return findingsOf({ left, failures: [], notes: new Map() });
}

const MACHINE: Finding = { type: 'MachineReady', status: 'True', reason: 'Ready', message: '' };

/** The objects as they are reported after a pass with these findings. */
function reported(findings: readonly Finding[], machine = MACHINE) {
  const { users, workstation } = afterPass(
    EMPTY_STATE,
    {
      workstation: 'devvm',
      services: [],
      users: [{ user: user('emo'), uid: 1001, ports: {}, findings, acted: new Set() }],
      machine: [machine],
      declared: new Set(['emo']),
    },
    new Date('2026-01-02T03:04:05Z'),
  );
  const [emo] = Object.values(users);
  if (emo === undefined || workstation === undefined) throw new Error('a pass reported nobody');
  return { emo, workstation };
}

const READY = reported(found({}));
const statusOfNew = (index: number) => {
  const { versions } = (customResourceDefinitions()[index] ?? {})['spec'] as {
    versions: { schema: { openAPIV3Schema: { properties: { status: { default: object } } } } }[];
  };
  return versions[0]?.schema.openAPIV3Schema.properties.status.default;
};

const CASES: Readonly<Record<string, readonly [object, Verdict]>> = {
  'a user nobody has seen yet': [
    {
      apiVersion: API_VERSION,
      kind: 'WorkstationUser',
      metadata: { name: 'emo', generation: 1 },
      status: statusOfNew(0),
    },
    'InProgress',
  ],
  'a workstation nobody has seen yet': [
    {
      apiVersion: API_VERSION,
      kind: 'Workstation',
      metadata: { name: 'devvm', generation: 1 },
      status: statusOfNew(1),
    },
    'InProgress',
  ],
  'a user who is Ready': [READY.emo, 'Current'],
  'a user whose clone is not fresh, which only informs': [
    reported(found({ CodeFresh: waiting('Down', 'no answer') })).emo,
    'Current',
  ],
  'a user for whom the next pass may do more': [
    reported(found({ CodeReady: waiting('Down', 'no answer') })).emo,
    'InProgress',
  ],
  'a user for whom somebody must change something': [
    reported(found({ CodeReady: waiting('Down', 'no answer'), FilesReady: refused('Link', 'a link') })).emo,
    'Failed',
  ],
  'a user whose account is another’s': [
    reported(findingsOfStalled('AccountTaken', 'choose another')).emo,
    'Failed',
  ],
  'a user whose agent is lost': [
    reported([{ type: 'Ready', status: 'Unknown', reason: 'AgentLost', message: 'no heartbeat' }]).emo,
    'InProgress',
  ],
  'a user whose spec has changed since': [
    { ...READY.emo, metadata: { ...READY.emo.metadata, generation: 2 } },
    'InProgress',
  ],
  'a user who is being deleted': [
    {
      ...READY.emo,
      metadata: {
        ...READY.emo.metadata,
        deletionTimestamp: '2026-01-02T03:04:05Z',
        finalizers: ['workstation.dev/cut'],
      },
    },
    'Terminating',
  ],
  'a workstation that is Ready': [READY.workstation, 'Current'],
  'a workstation with trouble': [
    reported(found({}), { ...MACHINE, status: 'False', reason: 'Broken' }).workstation,
    'InProgress',
  ],
};

describeServers('kstatus, which Flux and kubectl’s own appliers judge by, finds', ['kstatus'], () => {
  it.each(Object.entries(CASES))('%s', (_, [object, expected]) => {
    expect(judge(object)).toBe(expected);
  });
});
