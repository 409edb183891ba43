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
