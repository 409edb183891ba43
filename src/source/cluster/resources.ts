/** The two kinds as the API server has them. */
import { GROUP, VERSION } from '../../api/user.ts';
import type { Condition } from '../../api/conditions.ts';
import type { KubernetesObject, Resource } from '../../kubernetes/objects.ts';

export const USERS: Resource = {
  group: GROUP,
  version: VERSION,
  plural: 'workstationusers',
  kind: 'WorkstationUser',
};
export const WORKSTATIONS: Resource = {
  group: GROUP,
  version: VERSION,
  plural: 'workstations',
  kind: 'Workstation',
};

/** As it comes, before anything is checked. */
export interface AnyObject extends KubernetesObject {
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>> & { readonly conditions?: readonly Condition[] };
}
