/** What of the manifests can be chosen when the chart is installed. Defaults are what stands in the manifests. */

/** A file of manifests/, and the template made from it. */
export interface Source {
  readonly from: string;
  readonly to: string;
  /** A value without which nothing of the file is installed. */
  readonly onlyWith?: string;
  /** Stays when the rest is uninstalled. */
  readonly isKept?: true;
}

export interface Value {
  /** As in values.yaml, with dots. */
  readonly name: string;
  readonly comment: string;
  /** Where it stands in the manifests: all places have the same. */
  readonly at: readonly Place[];
  /** How it is written there, where that is not the value alone. */
  readonly expression?: string;
  /** The default, where it is not what stands there: what is off until somebody asks for it. */
  readonly default?: unknown;
}

export interface Place {
  readonly kind: string;
  readonly object: string;
  readonly path: readonly (string | number)[];
}

export const SOURCES: readonly Source[] = [
  // With the kinds would go every user, and with them their access. Templates, unlike Helm's crds/, are upgraded.
  { from: '../crds/workstation.dev.yaml', to: 'crds.yaml', isKept: true },
  { from: 'base/agent-rights.yaml', to: 'agent-rights.yaml' },
  { from: 'base/controller-rights.yaml', to: 'controller-rights.yaml' },
  { from: 'base/controller.yaml', to: 'controller.yaml' },
  { from: 'base/policies.yaml', to: 'policies.yaml' },
  { from: 'overlays/daemonset/agent.yaml', to: 'agent.yaml', onlyWith: 'agent.daemonSet' },
  {
    from: 'components/cluster-access/access.yaml',
    to: 'cluster-access.yaml',
    onlyWith: 'clusterAccess.clusterRoles',
  },
  {
    from: 'components/cluster-tiers/tiers.yaml',
    to: 'cluster-tiers.yaml',
    onlyWith: 'clusterTiers.configMap',
  },
];

const controller = (...path: Place['path']): Place => ({
  kind: 'Deployment',
  object: 'workstation-controller',
  path: ['spec', ...path],
});
const agent = (...path: Place['path']): Place => ({
  kind: 'DaemonSet',
  object: 'workstation-agent',
  path: ['spec', ...path],
});
const tiers = (...path: Place['path']): Place => ({
  kind: 'Role',
  object: 'workstation-controller-tiers',
  path,
});
const pod = ['template', 'spec'] as const;
const container = [...pod, 'containers', 0] as const;

export const VALUES: readonly Value[] = [
  {
    name: 'image',
    comment: 'What agents and the controller run.',
    at: [controller(...container, 'image'), agent(...container, 'image')],
    expression: '{{ .Values.image | quote }}',
  },
  {
    name: 'imagePullPolicy',
    comment: 'When a node asks the registry for it.',
    at: [controller(...container, 'imagePullPolicy'), agent(...container, 'imagePullPolicy')],
  },
  {
    name: 'controller.replicas',
    comment: 'One works, the others take over.',
    at: [controller('replicas')],
  },
  {
    name: 'controller.nodeSelector',
    comment: 'Where it may run.',
    at: [controller(...pod, 'nodeSelector')],
  },
  {
    name: 'controller.tolerations',
    comment: 'The taints it does not mind.',
    at: [controller(...pod, 'tolerations')],
  },
  {
    name: 'controller.resources',
    comment: 'What it asks for, and may use at most.',
    at: [controller(...container, 'resources')],
  },
  {
    name: 'agent.daemonSet',
    comment:
      'Agents run on nodes of the cluster. Off: each is a systemd unit of its machine, made by `workstation join`.',
    at: [],
    default: true,
  },
  {
    name: 'agent.nodeSelector',
    comment: 'The nodes that are workstations.',
    at: [agent(...pod, 'nodeSelector')],
  },
  {
    name: 'agent.tolerations',
    comment: 'The taints that agents do not mind.',
    at: [agent(...pod, 'tolerations')],
  },
  {
    name: 'agent.resources',
    comment: 'What an agent asks for, and may use at most.',
    at: [agent(...container, 'resources')],
  },
  {
    name: 'clusterAccess.clusterRoles',
    comment:
      'The ClusterRoles that the controller may bind people to; none: it gives no access to the cluster.',
    at: [
      { kind: 'ClusterRole', object: 'workstation-controller-access', path: ['rules', 0, 'resourceNames'] },
    ],
    default: [],
  },
  {
    name: 'clusterTiers.configMap',
    comment: 'A ConfigMap in another namespace, with the tiers of the cluster, that the controller may read.',
    at: [tiers('rules', 0, 'resourceNames', 0)],
    default: '',
  },
  {
    name: 'clusterTiers.namespace',
    comment: 'Its namespace.',
    expression:
      '{{ required "clusterTiers.namespace: say where clusterTiers.configMap is" .Values.clusterTiers.namespace | quote }}',
    at: [
      tiers('metadata', 'namespace'),
      { kind: 'RoleBinding', object: 'workstation-controller-tiers', path: ['metadata', 'namespace'] },
    ],
    default: '',
  },
];
