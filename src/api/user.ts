/** WorkstationUser: one person on one machine. */
import * as z from 'zod';
import { AccountName, DnsLabel, Identity, Line, ObjectName, RepoName } from './primitives.ts';
import { withRules } from './rules.ts';

export const GROUP = 'workstation.dev';
export const VERSION = 'v1alpha1';
export const API_VERSION = `${GROUP}/${VERSION}`;

export const TIERS = ['admin', 'power-user', 'namespace-owner'] as const;
export const Tier = z
  .enum(TIERS)
  .describe('What the person may do; groups, sections and cluster roles are chosen by it.');
export type Tier = z.infer<typeof Tier>;

/**
 * Accounts that Debian, systemd and common daemons own: /usr/share/base-passwd/passwd.master and
 * systemd's sysusers.d. The host also refuses whatever has a uid below 1000.
 */
const SYSTEM_ACCOUNTS = [
  'root', 'daemon', 'bin', 'sys', 'sync', 'games', 'man', 'lp', 'mail', 'news', 'uucp', 'proxy', 'www-data', 'backup',
  'list', 'irc', '_apt', 'nobody', 'nogroup', 'messagebus', 'sshd', 'polkitd', 'dnsmasq', 'syslog', 'uuidd', 'tss',
  'rtkit', 'avahi', 'systemd-network', 'systemd-resolve', 'systemd-timesync', 'systemd-journal', 'systemd-coredump',
  'systemd-oom', 'postgres', 'mysql', 'redis', 'docker', 'sudo', 'adm', 'shadow', 'staff', 'wheel', 'users',
]; // prettier-ignore

const osUserRule = {
  cel: `!(has(self.osUser) && self.osUser in [${SYSTEM_ACCOUNTS.map((name) => `'${name}'`).join(', ')}])`,
  holds: (spec: { osUser?: string | undefined }) => !isSystemAccount(spec.osUser ?? ''),
  message: 'osUser is the name of a system account: choose another',
  field: 'osUser',
};

/** Whether a name belongs to the system, whatever uid it has on a machine. */
export function isSystemAccount(name: string): boolean {
  return SYSTEM_ACCOUNTS.includes(name);
}

const UserSpecShape = z.strictObject({
  workstation: ObjectName.optional().describe(
    'The machine the person belongs to. Empty: the controller places the person. Cannot change once set.',
  ),
  workstationSelector: z
    .record(z.string().max(317), z.string().max(63))
    .optional()
    .describe(
      'Labels that a Workstation must have for the controller to place the person there. Without effect once placed.',
    ),
  osUser: AccountName.optional().describe(
    'The Linux account; metadata.name when left out. Cannot change once set.',
  ),
  authentikUser: Identity.describe(
    'The identity at single sign-on, unique on a machine: it keys the published maps.',
  ),
  k8sUser: Line.max(253).describe('The identity in the cluster.'),
  tier: Tier,
  namespaces: z
    .array(DnsLabel)
    .max(64)
    .meta({ 'x-kubernetes-list-type': 'set' })
    .optional()
    .describe('The namespaces that a namespace-owner owns.'),
  codeLayout: z
    .enum(['single', 'workspace'])
    .default('single')
    .describe(
      'single: the code directory is the infra clone. workspace: it holds the infra clone and one clone per repo.',
    ),
  repos: z
    .array(RepoName)
    .max(100)
    .meta({ 'x-kubernetes-list-type': 'set' })
    .optional()
    .describe('Repositories to clone beside the infra clone.'),
  suspended: z.boolean().default(false).describe('Lock the person out and keep everything.'),
  offboarding: z
    .enum(['Retain', 'Archive'])
    .default('Retain')
    .describe('What may happen to the home after the person has left and the reversible cut is made.'),
});

export const UserSpec = withRules(
  UserSpecShape,
  [
    osUserRule,
    {
      cel: "self.tier != 'namespace-owner' || (has(self.namespaces) && size(self.namespaces) > 0)",
      holds: (spec) => spec.tier !== 'namespace-owner' || (spec.namespaces ?? []).length > 0,
      message: 'tier namespace-owner requires namespaces: name at least one',
      field: 'namespaces',
    },
    {
      cel: "self.tier == 'namespace-owner' || !has(self.namespaces) || size(self.namespaces) == 0",
      holds: (spec) => spec.tier === 'namespace-owner' || (spec.namespaces ?? []).length === 0,
      message: 'only tier namespace-owner may have namespaces: remove them or change the tier',
      field: 'namespaces',
    },
    {
      cel: "self.codeLayout == 'workspace' || !has(self.repos) || size(self.repos) == 0",
      holds: (spec) => spec.codeLayout === 'workspace' || (spec.repos ?? []).length === 0,
      message: 'repos require the code layout workspace: set it or remove the repos',
      field: 'repos',
    },
    {
      cel: "!has(self.repos) || !('infra' in self.repos)",
      holds: (spec) => !(spec.repos ?? []).includes('infra'),
      message: 'infra is implicit in the workspace layout: remove it from repos',
      field: 'repos',
    },
    {
      cel: '!has(self.namespaces) || self.namespaces.all(n, self.namespaces.exists_one(m, m == n))',
      holds: (spec) => isUnique(spec.namespaces ?? []),
      message: 'namespaces must not name one namespace twice',
      field: 'namespaces',
    },
    {
      cel: '!has(self.repos) || self.repos.all(n, self.repos.exists_one(m, m == n))',
      holds: (spec) => isUnique(spec.repos ?? []),
      message: 'repos must not name one repository twice',
      field: 'repos',
    },
  ],
  [
    {
      cel: "!has(oldSelf.workstation) || oldSelf.workstation == '' || (has(self.workstation) && self.workstation == oldSelf.workstation)",
      message: 'workstation cannot change once set: delete the user and create it anew on the other machine',
    },
    {
      cel: 'has(oldSelf.osUser) == has(self.osUser) && (!has(self.osUser) || self.osUser == oldSelf.osUser)',
      message: 'osUser cannot change: delete the user and create it anew',
    },
  ],
);
export type UserSpec = z.output<typeof UserSpec>;

function isUnique(items: readonly string[]): boolean {
  return new Set(items).size === items.length;
}

export const ObjectMeta = z.looseObject({
  name: ObjectName,
  generation: z.int().optional(),
  resourceVersion: z.string().optional(),
  uid: z.string().optional(),
  creationTimestamp: z.string().optional(),
  deletionTimestamp: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
});

export const WorkstationUser = withRules(
  z.strictObject({
    apiVersion: z.literal(API_VERSION),
    kind: z.literal('WorkstationUser'),
    metadata: ObjectMeta,
    spec: UserSpec,
    status: z.looseObject({}).optional(),
  }),
  [
    {
      cel: "has(self.spec.osUser) || self.metadata.name.matches('^[a-z_][a-z0-9_-]{0,31}$')",
      holds: ({ metadata, spec }) =>
        spec.osUser !== undefined || AccountName.safeParse(metadata.name).success,
      message: 'metadata.name is no Linux account name: set spec.osUser',
      field: 'metadata',
    },
    {
      cel: `has(self.spec.osUser) || !(self.metadata.name in [${SYSTEM_ACCOUNTS.map((name) => `'${name}'`).join(', ')}])`,
      holds: ({ metadata, spec }) => spec.osUser !== undefined || !isSystemAccount(metadata.name),
      message: 'metadata.name is the name of a system account: choose another or set spec.osUser',
      field: 'metadata',
    },
  ],
);
export type WorkstationUser = z.output<typeof WorkstationUser>;

/** The Linux account of a user. */
export function osUserOf(user: WorkstationUser): string {
  return user.spec.osUser ?? user.metadata.name;
}
