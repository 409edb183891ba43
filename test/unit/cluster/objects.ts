/** Objects as the API server would give them back. */
import type { Condition } from '../../../src/api/conditions.ts';
import { API_VERSION, type UserSpec } from '../../../src/api/user.ts';
import { WorkstationSpec } from '../../../src/api/workstation/index.ts';
import type { ClusterUser, ClusterWorkstation, Lease } from '../../../src/cluster/kinds.ts';
import type { ObjectMeta } from '../../../src/kubernetes/objects.ts';

export function user(
  name: string,
  spec: Partial<UserSpec> = {},
  meta: Partial<ObjectMeta> = {},
  conditions?: readonly Condition[],
): ClusterUser {
  return {
    apiVersion: API_VERSION,
    kind: 'WorkstationUser',
    metadata: { name, uid: `uid-of-${name}`, generation: 1, ...meta },
    spec: {
      authentikUser: `sso-${name}`,
      k8sUser: `k8s-${name}`,
      tier: 'power-user',
      codeLayout: 'single',
      suspended: false,
      offboarding: 'Retain',
      ...spec,
    },
    ...(conditions === undefined ? {} : { status: { conditions } }),
  };
}

export function workstation(
  name: string,
  spec: object = {},
  meta: Partial<ObjectMeta> = {},
  conditions?: readonly Condition[],
): ClusterWorkstation {
  return {
    apiVersion: API_VERSION,
    kind: 'Workstation',
    metadata: { name, uid: `uid-of-${name}`, generation: 1, ...meta },
    spec: WorkstationSpec.parse(spec),
    ...(conditions === undefined ? {} : { status: { conditions } }),
  };
}

export function lease(name: string, renewal: number, seconds = 40): Lease {
  return {
    metadata: { name },
    spec: {
      holderIdentity: name,
      leaseDurationSeconds: seconds,
      renewTime: `2026-01-01T00:00:00.${renewal}Z`,
    },
  };
}

export function condition(
  type: string,
  status: Condition['status'],
  reason: string,
  message = '',
  observedGeneration = 1,
): Condition {
  return { type, status, reason, message, observedGeneration, lastTransitionTime: '2026-01-01T00:00:00Z' };
}
