/**
 * What a user is bound to in the cluster: pure, from the spec and `Workstation.spec.clusterAccess`, and against what is
 * there. Whoever leaves or is suspended is bound to nothing; whoever is refused keeps what they have and gets nothing more,
 * since it is open which of two declarations is right.
 */
import { isDeepStrictEqual } from 'node:util';
import type { WorkstationSpec } from '../api/workstation/index.ts';
import { byCodePoint } from '../roster/order.ts';
import { isDeleting, ownedBy, type Binding, type ClusterUser } from './kinds.ts';

/** By label, so that one watch sees all bindings of the controller and nobody else's. */
export const MANAGED = { 'app.kubernetes.io/managed-by': 'workstation-controller' } as const;

const PREFIX = 'workstation:';

/** The name of every binding of a user; colons are allowed in names of RBAC objects, and in no name of a user. */
export function bindingName(user: string): string {
  return `${PREFIX}${user}`;
}

/** Whose binding has this name; undefined for one that no user has. */
export function userOfBinding(name: string): string | undefined {
  return name.startsWith(PREFIX) ? name.slice(PREFIX.length) : undefined;
}

type ClusterAccess = WorkstationSpec['clusterAccess'];

/** What is wanted, in the order of the namespaces. */
export function desiredBindings(user: ClusterUser, access: ClusterAccess): Binding[] {
  const { tier, suspended, namespaces = [] } = user.spec;
  const granted = access?.[tier];
  if (granted === undefined || suspended || isDeleting(user)) return [];
  if (granted.scope === 'Cluster') return [bindingOf(user, granted.clusterRole)];
  return [...namespaces]
    .sort(byCodePoint)
    .map((namespace) => bindingOf(user, granted.clusterRole, namespace));
}

function bindingOf(user: ClusterUser, clusterRole: string, namespace?: string): Binding {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: {
      name: bindingName(user.metadata.name),
      ...(namespace === undefined ? {} : { namespace }),
      labels: MANAGED,
      ownerReferences: [ownedBy(user)],
    },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: clusterRole },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user.spec.k8sUser }],
  };
}

/** One request, or two for `recreate`: the role of a binding cannot be changed. */
export type AccessAction =
  | { readonly kind: 'create'; readonly binding: Binding }
  | { readonly kind: 'repair'; readonly binding: Binding; readonly found: Binding }
  | { readonly kind: 'recreate'; readonly binding: Binding; readonly found: Binding }
  | { readonly kind: 'delete'; readonly found: Binding };

/** What goes comes first: a changed tier must not leave both for a moment longer than it must. */
export function planAccess(desired: readonly Binding[], found: readonly Binding[]): AccessAction[] {
  const wanted = new Set(desired.map(placeOf));
  const gone = found.filter((binding) => !wanted.has(placeOf(binding)));
  return [
    ...gone.map((found): AccessAction => ({ kind: 'delete', found })),
    ...desired.flatMap((binding) => actionFor(binding, found)),
  ];
}

function actionFor(binding: Binding, existing: readonly Binding[]): AccessAction[] {
  const found = existing.find((candidate) => placeOf(candidate) === placeOf(binding));
  if (found === undefined) return [{ kind: 'create', binding }];
  if (!isDeepStrictEqual({ ...found.roleRef }, binding.roleRef))
    return [{ kind: 'recreate', binding, found }];
  return isAsWanted(binding, found) ? [] : [{ kind: 'repair', binding, found }];
}

/** Labels and owners that others have added are theirs. */
function isAsWanted(binding: Binding, { metadata, subjects }: Binding): boolean {
  const labels = Object.entries(binding.metadata.labels ?? {});
  const [owner] = binding.metadata.ownerReferences ?? [];
  return (
    isDeepStrictEqual(subjects, binding.subjects) &&
    labels.every(([label, value]) => metadata.labels?.[label] === value) &&
    (metadata.ownerReferences ?? []).some(({ uid }) => uid === owner?.uid)
  );
}

/** Whether the controller made a binding, though its label may have been taken off. */
export function isOurs({ metadata }: Binding, user: ClusterUser): boolean {
  return (
    Object.entries(MANAGED).every(([label, value]) => metadata.labels?.[label] === value) ||
    (metadata.ownerReferences ?? []).some(({ uid }) => uid === user.metadata.uid)
  );
}

/** The namespace, or the whole cluster: each user has one binding at most in each. */
function placeOf({ kind, metadata }: Binding): string {
  return metadata.namespace ?? (kind === 'RoleBinding' ? '?' : '');
}
