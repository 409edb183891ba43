/** The objects that the controller works with, as an API server holds them. */
import type { Condition } from '../api/conditions.ts';
import { API_VERSION, type WorkstationUser } from '../api/user.ts';
import type { Workstation } from '../api/workstation/index.ts';
import type { KubernetesObject, ObjectMeta, OwnerReference, Resource } from '../kubernetes/objects.ts';

export { leasesOf, type Lease } from '../kubernetes/leases.ts';
export { USERS, WORKSTATIONS } from '../source/cluster/resources.ts';

/** Both kinds come from the API server, which has checked them against the schemas and filled in the defaults. */
export type ClusterUser = Omit<WorkstationUser, 'metadata' | 'status'> &
  Reported & { readonly metadata: WorkstationUser['metadata'] & ObjectMeta };
export type ClusterWorkstation = Omit<Workstation, 'metadata' | 'status'> &
  Reported & { readonly metadata: Workstation['metadata'] & ObjectMeta };

interface Reported {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** rbac.authorization.k8s.io/v1, a RoleBinding where it has a namespace, a ClusterRoleBinding otherwise. */
export interface Binding extends KubernetesObject {
  readonly roleRef: { readonly apiGroup: string; readonly kind: string; readonly name: string };
  readonly subjects?: readonly Subject[];
}

export interface Subject {
  readonly apiGroup?: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

export interface ConfigMap extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}

const RBAC = { group: 'rbac.authorization.k8s.io', version: 'v1' };
export const CLUSTER_ROLE_BINDINGS: Resource = {
  ...RBAC,
  plural: 'clusterrolebindings',
  kind: 'ClusterRoleBinding',
};
export const CLUSTER_ROLES: Resource = { ...RBAC, plural: 'clusterroles', kind: 'ClusterRole' };

/** Those of one namespace, or of all. */
export function roleBindings(namespace?: string): Resource {
  return { ...RBAC, plural: 'rolebindings', kind: 'RoleBinding', ...(namespace ? { namespace } : {}) };
}

export function configMaps(namespace: string): Resource {
  return { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap', namespace };
}

export function isDeleting({ metadata }: KubernetesObject): boolean {
  return metadata.deletionTimestamp !== undefined;
}

export function annotation({ metadata }: KubernetesObject, name: string): string | undefined {
  return metadata.annotations?.[name];
}

/** How a user owns what is made for them, so that nothing of it outlives them. */
export function ownedBy(user: ClusterUser): OwnerReference {
  const { name, uid = '' } = user.metadata;
  return { apiVersion: API_VERSION, kind: 'WorkstationUser', name, uid };
}
