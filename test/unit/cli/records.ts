import type { StatusView, UserDetails } from '../../../src/agent/view.ts';
import type { Condition } from '../../../src/api/conditions.ts';
import { API_VERSION } from '../../../src/api/user.ts';
import type { AuditRecord } from '../../../src/report/auditrecord.ts';
import type { RecordedUser, RecordedWorkstation } from '../../../src/report/record.ts';

export const NOW = new Date('2026-03-10T12:00:00Z');

function condition(
  type: string,
  status: Condition['status'],
  reason: string,
  message = '',
  lastTransitionTime = '2026-03-10T09:00:00Z',
): Condition {
  return { type, status, reason, message, lastTransitionTime };
}

export const ANN: RecordedUser = {
  apiVersion: API_VERSION,
  kind: 'WorkstationUser',
  metadata: { name: 'ann', generation: 1, creationTimestamp: '2026-02-28T12:00:00Z' },
  spec: {
    workstation: 'box',
    authentikUser: 'ann.doe',
    k8sUser: 'ann',
    tier: 'admin',
    codeLayout: 'single',
    suspended: false,
    offboarding: 'Retain',
  },
  status: {
    observedGeneration: 1,
    osUser: 'ann',
    uid: 1000,
    ports: { editor: 4001, browser: 9001, shell: 7001 },
    conditions: [condition('Ready', 'True', 'Ready', 'everything is as declared')],
  },
};

export const EMO: RecordedUser = {
  apiVersion: API_VERSION,
  kind: 'WorkstationUser',
  metadata: { name: 'emo', generation: 3, creationTimestamp: '2026-03-10T11:54:48Z' },
  spec: {
    osUser: 'emil',
    authentikUser: 'emil',
    k8sUser: 'emil@example.org',
    tier: 'namespace-owner',
    namespaces: ['book', 'blog'],
    codeLayout: 'workspace',
    repos: ['tour'],
    suspended: false,
    offboarding: 'Archive',
  },
  status: {
    observedGeneration: 2,
    osUser: 'emil',
    ports: { browser: 9002 },
    conditions: [
      condition('Ready', 'False', 'CloneFailed', 'CodeReady: clone \x1b[31mred\x1b[0m: timed out'),
      condition('AccountReady', 'True', 'Ready', '', '2026-03-08T07:00:00Z'),
      condition('CodeReady', 'False', 'CloneFailed', 'clone \u202egnp.exe\nline two', '2026-03-10T11:59:15Z'),
    ],
  },
};

export const BOX: RecordedWorkstation = {
  apiVersion: API_VERSION,
  kind: 'Workstation',
  metadata: { name: 'box', generation: 1, creationTimestamp: '2025-03-10T12:00:00Z' },
  status: {
    observedGeneration: 1,
    users: { total: 2, ready: 1 },
    services: ['editor', 'browser', 'shell'],
    conditions: [condition('Ready', 'False', 'UsersNotReady', '1 of 2 people is not ready')],
  },
};

export const HISTORY: readonly AuditRecord[] = [
  {
    at: '2026-03-10T11:00:00.120Z',
    user: 'ann',
    osUser: 'ann',
    action: 'create-account',
    subject: 'ann',
    cause: { section: 'account', kind: 'Declared', revision: '5d41402abc4b' },
    before: 'absent',
    result: 'done',
    duration: 23,
  },
  {
    at: '2026-03-10T11:00:01Z',
    user: 'emo',
    osUser: 'emil',
    action: 'clone',
    subject: '/home/emil/code/\u202einfra',
    cause: { section: 'code', kind: 'Declared', revision: '5d41402abc4b' },
    before: 'absent',
    result: 'failed',
    reason: 'TimedOut',
    message: 'clone https://git.example.org/infra.git: no answer within 10m \x1b[2J',
    duration: 600_041,
  },
  {
    at: '2026-03-10T11:40:00.999Z',
    user: 'emo',
    osUser: 'emil',
    action: 'clone',
    subject: '/home/emil/code/infra',
    cause: { section: 'code', kind: 'Retry', revision: '7d793037a076' },
    before: 'absent',
    result: 'done',
    duration: 2345,
  },
  {
    at: '2026-03-10T11:59:00Z',
    action: 'write-system-file',
    subject: '/etc/motd',
    cause: { section: 'machine', kind: 'Drift', revision: '7d793037a076' },
    before: 'sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
    result: 'done',
    duration: 0,
  },
];

const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000).toISOString();

export const EMO_DETAILS: UserDetails = {
  user: EMO,
  lastChange: ago(0.75),
  next: { at: ago(-9.5), why: 'CodeReady failed: clone \u202egnp.exe: timed out' },
  isBusy: false,
  actions: HISTORY.filter(({ user }) => user === 'emo'),
  events: [
    {
      type: 'Normal',
      reason: 'AccountCreated',
      action: 'Reconcile',
      message: 'create account emil',
      user: 'emo',
      at: ago(5),
    },
    {
      type: 'Warning',
      reason: 'CloneFailed',
      action: 'Reconcile',
      message: 'clone \x1b[2J: timed out',
      user: 'emo',
      at: ago(0.75),
    },
  ],
};

/** Nothing was done for her since the agent started, and nothing is planned. */
export const ANN_DETAILS: UserDetails = { user: ANN, isBusy: true, actions: [], events: [] };

const IVY: RecordedUser = {
  ...ANN,
  metadata: { ...ANN.metadata, name: 'ivy' },
  status: {
    ...ANN.status,
    conditions: [
      condition('Ready', 'False', 'InTheWay', 'FilesReady: /home/ivy/.config is a symbolic link'),
      condition('Stalled', 'True', 'InTheWay', ''),
    ],
  },
};

/** Names of people who stand in every way there is, the last two of whom need nobody. */
export const STATUS: StatusView = {
  agent: {
    version: '0.1.0',
    pid: 4711,
    startedAt: ago(50 * 60),
    source: '/etc/workstation/roster.yaml',
    revision: '5d41402abc4b',
  },
  workstation: BOX,
  users: [
    { user: { ...ANN, metadata: { ...ANN.metadata, name: 'zoe' } }, isBusy: false },
    { user: ANN, isBusy: true, lastChange: ago(3) },
    { user: EMO, isBusy: false, lastChange: ago(0.75), next: { at: ago(-9.5), why: 'CodeReady failed' } },
    { user: IVY, isBusy: false },
    {
      user: { ...ANN, metadata: { ...ANN.metadata, name: 'new' }, status: { ...ANN.status, conditions: [] } },
      isBusy: false,
    },
    {
      user: {
        ...ANN,
        metadata: { ...ANN.metadata, name: 'lea' },
        status: {
          ...ANN.status,
          conditions: [condition('Ready', 'Unknown', 'NotDeclared', 'declared no more')],
        },
      },
      isBusy: false,
    },
  ],
  departed: {},
};

/** A day on which much is wrong. */
export const TROUBLED: StatusView = {
  ...STATUS,
  agent: {
    ...STATUS.agent,
    trouble: { reason: 'RosterInvalid', message: 'roster.yaml:12: found "power\u202euser"' },
    heldRemovals: { osUsers: ['mia', 'noa'], message: 'remove 2 people (mia, noa): massRemovalLimit is 1' },
  },
  workstation: {
    ...BOX,
    status: {
      ...BOX.status,
      conditions: [condition('MachineReady', 'False', 'MachineNotReady', 'write /etc/motd: read-only')],
    },
  },
  departed: { max: ago(120), kai: ago(60 * 100) },
};
