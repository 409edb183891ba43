/** A kubeconfig that logs in through OIDC. It holds no secret; made once, then the person's own. */
import { parse } from 'yaml';
import { selects, type Kubeconfig } from '../api/workstation/index.ts';
import { at, inHome, NOTHING, onlyTrouble, waiting } from './common.ts';
import { inTheWay, unusableSource } from './existing.ts';
import type { Facts, Person, Section, SectionPlan, Trouble } from './section.ts';

export const kubeconfig: Section = {
  name: 'kubeconfig',
  condition: 'KubeconfigReady',
  applies: (person) => declaredFor(person) !== undefined,
  probes(person) {
    const declared = declaredFor(person);
    if (declared === undefined) return {};
    const { fromKubeconfig } = declared.cluster;
    return {
      home: [{ path: inHome(person, declared.path), read: 'stat' }],
      ...(fromKubeconfig === undefined ? {} : { sources: [fromKubeconfig] }),
    };
  },
  plan(person, facts) {
    const declared = declaredFor(person);
    return declared === undefined ? NOTHING : planKubeconfig(person, facts, declared);
  },
};

function declaredFor(person: Person): Kubeconfig | undefined {
  const declared = person.policy.kubeconfig;
  return declared && selects(declared, person.spec.tier) ? declared : undefined;
}

function planKubeconfig(person: Person, facts: Facts, declared: Kubeconfig): SectionPlan {
  const path = inHome(person, declared.path);
  const entry = at(facts.home, path);
  if (entry.kind === 'file') return NOTHING;
  if (entry.kind !== 'absent') return onlyTrouble(inTheWay('write kubeconfig', path, entry));
  const cluster = clusterOf(facts, declared);
  if ('reason' in cluster) return onlyTrouble(cluster);
  const content = textOf(declared, cluster);
  return {
    ...NOTHING,
    actions: [
      {
        kind: 'write-file',
        path,
        content,
        mode: 0o600,
        directoryMode: 0o700,
        before: { kind: 'absent' },
        sensitive: false,
      },
    ],
  };
}

interface Cluster {
  readonly server: string;
  readonly certificateAuthorityData: string;
}

function clusterOf(facts: Facts, { cluster }: Kubeconfig): Cluster | Trouble {
  const { fromKubeconfig, server, certificateAuthorityData } = cluster;
  if (fromKubeconfig === undefined) {
    return { server: server ?? '', certificateAuthorityData: certificateAuthorityData ?? '' };
  }
  const entry = at(facts.sources, fromKubeconfig);
  if (entry.kind !== 'file' || entry.text === undefined) {
    return unusableSource('read the cluster', fromKubeconfig, entry);
  }
  return (
    clusterIn(entry.text) ??
    waiting(
      'ClusterUnknown',
      `read the cluster: ${fromKubeconfig} has no current context with a server and certificate-authority-data: complete it`,
    )
  );
}

interface Named<T> {
  readonly name?: unknown;
  readonly cluster?: T;
  readonly context?: T;
}

/** Server and CA of the current context: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ */
function clusterIn(text: string): Cluster | undefined {
  const config = parseQuietly(text);
  const context = find(config?.contexts, config?.['current-context'])?.context?.cluster;
  const cluster = find(config?.clusters, context)?.cluster;
  const server = cluster?.server;
  const certificateAuthorityData = cluster?.['certificate-authority-data'];
  if (typeof server !== 'string' || typeof certificateAuthorityData !== 'string') return undefined;
  return server === '' || certificateAuthorityData === '' ? undefined : { server, certificateAuthorityData };
}

function parseQuietly(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = parse(text, { maxAliasCount: 0, logLevel: 'error' });
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function find(list: unknown, name: unknown): Named<Record<string, unknown>> | undefined {
  if (!Array.isArray(list) || typeof name !== 'string') return undefined;
  return (list as (Named<Record<string, unknown>> | null)[]).find((item) => item?.name === name) ?? undefined;
}

function textOf({ cluster, oidc }: Kubeconfig, { server, certificateAuthorityData }: Cluster): string {
  const args = [
    'oidc-login',
    'get-token',
    `--oidc-issuer-url=${oidc.issuerURL}`,
    `--oidc-client-id=${oidc.clientID}`,
    ...oidc.extraScopes.map((scope) => `--oidc-extra-scope=${scope}`),
  ];
  return `apiVersion: v1
kind: Config
clusters:
- name: ${scalar(cluster.name)}
  cluster:
    server: ${scalar(server)}
    certificate-authority-data: ${scalar(certificateAuthorityData)}
contexts:
- name: ${scalar(`oidc@${cluster.name}`)}
  context:
    cluster: ${scalar(cluster.name)}
    user: oidc
current-context: ${scalar(`oidc@${cluster.name}`)}
users:
- name: oidc
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      command: kubectl
      args:
${args.map((argument) => `      - ${scalar(argument)}\n`).join('')}      interactiveMode: IfAvailable
`;
}

/** A YAML scalar: plain where no reader could take it for anything but this string, else in double quotes. */
function scalar(text: string): string {
  const isPlain = /^(--)?[A-Za-z][A-Za-z0-9+/=@._:-]*$/.test(text) && !/: |:$/.test(text);
  const isWord = /^(true|false|yes|no|on|off|null|y|n)$/i.test(text);
  return isPlain && !isWord ? text : JSON.stringify(text).replaceAll(YAML_BREAK, escaped);
}

/** What YAML takes for a line break, or for nothing, and JSON does not: YAML 1.1, section 4.2 and YAML 1.2, section 5.4. */
const YAML_BREAK = /[\x7f-\x9f\u2028\u2029\ufeff]/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
