/** Builders for cases of one line: a person under the policy of the example, and what was found on the machine. */
import { parse } from 'yaml';
import { UserSpec } from '../../../src/api/user.ts';
import { WorkstationSpec } from '../../../src/api/workstation/index.ts';
import { probesOf } from '../../../src/reconcile/plan.ts';
import type { AccountFacts, Entry, UnitFacts } from '../../../src/sections/facts.ts';
import type { Facts, Person, Section, SectionPlan } from '../../../src/sections/section.ts';
import { readText } from '../../text.ts';
import { directory, file, lookAt, treeOf } from './tree.ts';

const example = parse(readText('examples/devvm/workstation.yaml')).spec;

/** The policy of the example with some sections replaced. */
export function policy(changes: object = {}): WorkstationSpec {
  return WorkstationSpec.parse({ ...example, ...changes });
}

const devvm = policy();

export interface Who extends Partial<Omit<Person, 'spec' | 'policy'>> {
  readonly spec?: object;
  /** Sections of the policy that replace the example's. */
  readonly policy?: object;
}

export function person(who: Who = {}): Person {
  const { spec, policy: changes, ...more } = who;
  const osUser = more.osUser ?? 'emo';
  return {
    name: osUser,
    osUser,
    home: `/home/${osUser}`,
    ports: { t3: 3773, playwright: 8931 },
    portTroubles: [],
    ...more,
    spec: UserSpec.parse({ authentikUser: 'emil', k8sUser: 'emo', tier: 'power-user', ...spec }),
    policy: changes === undefined ? devvm : policy(changes),
  };
}

export type Things = Readonly<Record<string, string | Entry>>;

export interface Found extends Partial<Omit<Facts, 'home' | 'system' | 'sources' | 'units' | 'account'>> {
  /** By path below the home. */
  readonly home?: Things;
  /** By absolute path. */
  readonly system?: Things;
  /** By path as declared; those of the example are there unless they are given here. */
  readonly sources?: Things;
  /** By name; what is not given is enabled and active. */
  readonly units?: Readonly<Record<string, Partial<UnitFacts>>>;
  /** Null for no account. */
  readonly account?: Partial<AccountFacts> | null;
}

export const NOW = Date.UTC(2026, 0, 2);

export function facts(who: Person, found: Found = {}): Facts {
  const { home = {}, system = {}, sources = {}, units = {}, account = {}, ...more } = found;
  const probes = probesOf(who);
  const ofHome = account === null ? {} : { [who.home]: directory(0o700) };
  const sourceProbes = probes.sources.map((path) => ({ path, read: 'text' }) as const);
  return {
    isLive: true,
    cut: false,
    cutGroups: [],
    hasProcesses: false,
    canMint: true,
    groups: new Set(['code-shared', 'docker', 'sudo', who.osUser]),
    now: NOW,
    ...more,
    ...(account === null ? {} : { account: accountOf(who, account) }),
    home: lookAt(treeOf(`${who.home}/`, home), probes.home),
    system: lookAt(treeOf('', { ...ofHome, ...system }), probes.system),
    sources: lookAt(treeOf('', { ...SOURCES, ...sources }), sourceProbes),
    units: new Map(probes.units.map((unit) => [unit, { ...RUNNING, ...units[unit] }])),
  };
}

export function accountOf({ osUser, home }: Person, found: Partial<AccountFacts> = {}): AccountFacts {
  return {
    name: osUser,
    uid: 1001,
    gid: 1001,
    home,
    shell: '/bin/zsh',
    groups: [osUser],
    password: 'locked',
    ...found,
  };
}

export const RUNNING: UnitFacts = { exists: true, masked: false, enabled: true, active: 'active' };

const SITE = 'test/harness/site/root';
/** What the sources of the example hold on its machine. */
export const SOURCES: Things = Object.fromEntries(
  [
    '/opt/workstation/skel/start-claude.sh',
    '/opt/workstation/managed-settings.json',
    '/opt/workstation/claude-hooks/auto-learn.py',
    '/opt/workstation/claude-hooks/homelab-memory-recall.py',
    '/opt/workstation/claude-hooks/post-compact-recovery.sh',
    '/opt/workstation/claude-hooks/pre-compact-backup.sh',
    '/etc/t3-serve/chrome-service-token',
  ]
    .map((path): [string, Entry] => [path, file(readText(`${SITE}${path}`))])
    .concat([
      [
        '/etc/claude-code/managed-settings.json',
        file(readText(`${SITE}/opt/workstation/managed-settings.json`)),
      ],
      ['/home/wizard/.kube/config', file(readText(`${SITE}/opt/admin-kube/config`))],
    ]),
);

/** One case of a table whose keys are sentences. */
export interface Case {
  readonly who?: Who;
  readonly found?: Found;
  readonly actions?: readonly object[];
  /** `KIND REASON: MESSAGE`. */
  readonly troubles?: readonly string[];
  readonly notes?: readonly string[];
}

export function planOf(section: Section, who: Who = {}, found: Found = {}): SectionPlan {
  const somebody = person(who);
  if (!section.applies(somebody)) throw new Error(`${section.name} has nothing for this person`);
  return section.plan(somebody, facts(somebody, found));
}

export function troublesOf({ troubles }: SectionPlan): string[] {
  return troubles.map(({ kind, reason, message }) => `${kind} ${reason}: ${message}`);
}

/** Runs a table: each plan is exactly what its case says; what a case leaves out is empty. */
export function plans(section: Section, cases: Readonly<Record<string, Case>>, common: Who = {}): void {
  it.each(Object.entries(cases))(
    '%s',
    (_sentence, { who = {}, found, actions = [], troubles = [], notes = [] }) => {
      const plan = planOf(section, { ...common, ...who }, found);
      const seen = { actions: plan.actions, troubles: troublesOf(plan), notes: plan.notes };
      expect(seen).toMatchObject({ actions, troubles, notes });
      expect(plan.actions).toHaveLength(actions.length);
    },
  );
}

/** The content of a file in the home that the program before left, `@EOF` alone being its end. */
export function goldenHomeFile(path: string): string {
  const text = readText('test/golden/with-claude/home-files.txt');
  const start = text.indexOf(`== ${path} (`);
  const body = text.indexOf('\n', start) + 1;
  return text.slice(body, text.indexOf('<EOF>\n', body));
}
