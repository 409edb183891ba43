/** Statuses to show, as an agent gives them. */
import type { Condition } from '../../../src/api/conditions.ts';
import { UserSpec } from '../../../src/api/user.ts';
import type { StatusView, UserView } from '../../../src/agent/view.ts';

/** So long ago, RFC 3339. Milliseconds. */
export function ago(milliseconds: number): string {
  return new Date(Date.now() - milliseconds).toISOString();
}

const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export function condition(
  type: string,
  status: Condition['status'],
  reason = 'Ready',
  message = '',
): Condition {
  return { type, status, reason, message, lastTransitionTime: ago(3 * HOUR) };
}

export function person(
  name: string,
  conditions: readonly Condition[],
  more: Partial<Omit<UserView, 'user'>> & { readonly spec?: object; readonly osUser?: string } = {},
): UserView {
  const { spec = {}, osUser = name, ...view } = more;
  return {
    user: {
      apiVersion: 'workstation.dev/v1alpha1',
      kind: 'WorkstationUser',
      metadata: { name, generation: 1, creationTimestamp: ago(200 * HOUR) },
      spec: UserSpec.parse({
        authentikUser: `${name}@example.org`,
        k8sUser: name,
        tier: 'power-user',
        ...spec,
      }),
      status: {
        observedGeneration: 1,
        osUser,
        uid: 1001,
        ports: { editor: 4001, browser: 9001 },
        conditions,
      },
    },
    isBusy: false,
    lastChange: ago(2 * HOUR),
    ...view,
  };
}

export const READY = [
  condition('Ready', 'True', 'Ready', 'everything is as declared'),
  ...['AccountReady', 'CodeReady', 'FilesReady', 'ServicesReady'].map((type) => condition(type, 'True')),
];

const CLONE = 'clone https://git.example.org/tour.git: no answer within 10m, is the remote up?';

export const RETRYING = [
  condition('Ready', 'False', 'TimedOut', `CodeReady: ${CLONE}`),
  condition('AccountReady', 'True'),
  condition('CodeReady', 'False', 'TimedOut', CLONE),
  condition('Reconciling', 'True', 'Retrying', 'the next pass tries again: CodeReady'),
];

const LINK =
  'write /home/ivy/.kube/config: /home/ivy/.kube is a symbolic link to /etc, which is not followed: remove it';

export const STALLED = [
  condition('Ready', 'False', 'InTheWay', `KubeconfigReady: ${LINK}`),
  condition('KubeconfigReady', 'False', 'InTheWay', LINK),
  condition('Stalled', 'True', 'InTheWay', LINK),
];

export const NOTED = [
  condition('Ready', 'True', 'Ready', 'everything is as declared'),
  condition(
    'CodeFresh',
    'True',
    'ReadyWithNotes',
    '/home/kim/code: not fast-forwarded, it has changes that are not committed',
  ),
];

export const USERS: readonly UserView[] = [
  person('ann', READY, { spec: { tier: 'admin' } }),
  person('emo', RETRYING, {
    osUser: 'emil',
    lastChange: ago(20 * MINUTE),
    next: { at: ago(-HOUR), why: `CodeReady failed: ${CLONE}` },
  }),
  person('ivy', STALLED, { lastChange: ago(30 * HOUR) }),
  person('kim', NOTED, { isBusy: true, spec: { tier: 'namespace-owner', namespaces: ['blog', 'book'] } }),
  person('lou', READY, { spec: { suspended: true } }),
];

export function statusOf(users: readonly UserView[], more: Partial<StatusView> = {}): StatusView {
  return {
    agent: {
      version: '0.1.0',
      pid: 4711,
      startedAt: ago(49 * HOUR),
      source: '/etc/workstation/roster.yaml',
      revision: '5d41402abc4b',
    },
    workstation: {
      apiVersion: 'workstation.dev/v1alpha1',
      kind: 'Workstation',
      metadata: { name: 'devvm', generation: 1, creationTimestamp: ago(900 * HOUR) },
      status: {
        observedGeneration: 1,
        users: { total: users.length, ready: 3 },
        services: ['editor', 'browser'],
        conditions: [condition('Ready', 'True'), condition('MachineReady', 'True')],
      },
    },
    users,
    departed: {},
    ...more,
  };
}

/** A day on which much is wrong. */
export function troubled(): StatusView {
  const calm = statusOf(USERS);
  return {
    ...calm,
    agent: {
      ...calm.agent,
      trouble: {
        reason: 'RosterInvalid',
        message:
          '/etc/workstation/roster.yaml:12: users.emo.tier: found "poweruser", must be one of admin, power-user',
      },
      heldRemovals: {
        osUsers: ['mia', 'noa'],
        message:
          'remove 2 people (mia, noa): massRemovalLimit is 1: confirm the removal, raise the limit or correct the roster',
      },
    },
    departed: { zoe: ago(100 * HOUR), max: ago(2 * HOUR) },
  };
}
