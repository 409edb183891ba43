/** What a machine is let in with: an account of its own, bound as agents are, that may renew its own token. */
import { agentAccount, JOINED_AS, JOINED_MACHINE, SYSTEM_NAMESPACE } from '../../api/marks.ts';
import { CLUSTER_ROLE_BINDINGS, roleBindings, type Binding } from '../../cluster/kinds.ts';
import type { KubernetesObject, Resource } from '../../kubernetes/objects.ts';
import { serviceAccounts } from '../../kubernetes/tokens.ts';

export interface Wanted {
  readonly resource: Resource;
  readonly object: KubernetesObject;
}

interface Role extends KubernetesObject {
  readonly rules: readonly Readonly<Record<string, readonly string[]>>[];
}

const RBAC_GROUP = 'rbac.authorization.k8s.io';
/** As the manifests call the ClusterRole of agents, and its Roles in two namespaces. */
export const AGENT_ROLE = 'workstation-agent';
/** Where Events of what has no namespace are. */
const EVENTS_NAMESPACE = 'default';

export const ACCOUNTS = serviceAccounts(SYSTEM_NAMESPACE);
export const ROLES: Resource = {
  group: RBAC_GROUP,
  version: 'v1',
  plural: 'roles',
  kind: 'Role',
  namespace: SYSTEM_NAMESPACE,
};

export function accountOf(machine: string, installation: string): Wanted {
  const object = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {
      name: agentAccount(machine),
      namespace: SYSTEM_NAMESPACE,
      labels: { [JOINED_AS]: machine },
      annotations: { [JOINED_MACHINE]: installation },
    },
  };
  return { resource: ACCOUNTS, object };
}

/** In the order in which they are made. */
export function rightsOf(machine: string): readonly Wanted[] {
  const name = agentAccount(machine);
  return [
    binding(machine, undefined, name, { kind: 'ClusterRole', name: AGENT_ROLE }),
    binding(machine, SYSTEM_NAMESPACE, name, { kind: 'Role', name: AGENT_ROLE }),
    binding(machine, EVENTS_NAMESPACE, name, { kind: 'Role', name: AGENT_ROLE }),
    renewalRole(machine),
    binding(machine, SYSTEM_NAMESPACE, renewalName(machine), { kind: 'Role', name: renewalName(machine) }),
  ];
}

function renewalName(machine: string): string {
  return `${agentAccount(machine)}-renews-its-token`;
}

function renewalRole(machine: string): Wanted {
  const object: Role = {
    apiVersion: `${RBAC_GROUP}/v1`,
    kind: 'Role',
    metadata: {
      name: renewalName(machine),
      namespace: SYSTEM_NAMESPACE,
      labels: { [JOINED_AS]: machine },
    },
    rules: [
      {
        apiGroups: [''],
        resources: ['serviceaccounts/token'],
        resourceNames: [agentAccount(machine)],
        verbs: ['create'],
      },
    ],
  };
  return { resource: ROLES, object };
}

function binding(
  machine: string,
  namespace: string | undefined,
  name: string,
  role: { readonly kind: string; readonly name: string },
): Wanted {
  const resource = namespace === undefined ? CLUSTER_ROLE_BINDINGS : roleBindings(namespace);
  const object: Binding = {
    apiVersion: `${RBAC_GROUP}/v1`,
    kind: resource.kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), labels: { [JOINED_AS]: machine } },
    roleRef: { apiGroup: RBAC_GROUP, ...role },
    subjects: [{ kind: 'ServiceAccount', name: agentAccount(machine), namespace: SYSTEM_NAMESPACE }],
  };
  return { resource, object };
}
