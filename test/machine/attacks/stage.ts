/**
 * A machine on which the program has brought in alice, bob and mallory, all three Ready, and secrets lie about that none
 * of them may read. Mallory attacks with what her account can do; `attacked` then runs the program and shows what must
 * hold after any attack: nothing outside her home changed, she gained nothing, the others were served.
 */
import { buildBase, CHECKOUT, createMachine } from '../../harness/machine/machine.ts';
import type { Base, Machine, MachineOptions, Result } from '../../harness/machine/machine.ts';
import { sitePolicy } from '../../harness/site/declare.ts';
import { siteBase } from '../../harness/site/site.ts';
import { changesBetween, inventory } from './inventory.ts';

export const WORKSTATION = `${CHECKOUT}/bin/workstation`;
/** Milliseconds within which any pass ends, whatever is in its way. */
export const DEADLINE = 60_000;
/** Stands in everything that mallory may not read, and is given to the program in its environment. */
export const SECRET = 'never-shown-to-others';

export const ROSTER = `users:
  alice: {authentik_user: alice, k8s_user: alice, tier: power-user}
  bob: {authentik_user: bob, k8s_user: bob, tier: namespace-owner, namespaces: [bob]}
  mallory: {authentik_user: mallory, k8s_user: mallory, tier: power-user, code_layout: workspace, repos: [tripit]}
`;

export interface StageOptions {
  readonly kind?: MachineOptions['kind'];
  readonly roster?: string;
  /** Changes the text of the site's policy. */
  readonly policy?: (text: string) => string;
}

export interface Status {
  readonly ready: string;
  /** Of the condition Ready. */
  readonly message: string;
  readonly reason: string;
  readonly conditions: Readonly<Record<string, { readonly status: string; readonly message: string }>>;
}

export interface Stage {
  readonly machine: Machine;
  /** Runs a shell script with an account's rights, and throws when it fails. */
  as(user: string, script: string): Promise<string>;
  workstation(...args: string[]): Promise<Result>;
  /** How `get users` says that somebody stands. */
  status(user: string): Promise<Status>;
  statuses(): Promise<Readonly<Record<string, Status>>>;
}

const ENVIRONMENT = {
  VAULT_TOKEN: `hvs.${SECRET}`,
  KUBECONFIG: `/root/${SECRET}`,
  AWS_SECRET_ACCESS_KEY: SECRET,
};

export async function setStage({ kind = 'chroot', ...declared }: StageOptions = {}): Promise<Stage> {
  const machine = await createMachine({ kind, base: await onboarded(declared) });
  return stageOn(machine);
}

export function stageOn(machine: Machine): Stage {
  const workstation: Stage['workstation'] = (...args) =>
    machine.run([WORKSTATION, ...args], { env: ENVIRONMENT, timeout: DEADLINE });
  return {
    machine,
    as: (user, script) => machine.output(['sh', '-ec', `cd; ${script}`], { user }),
    workstation,
    status: async (user) => statusOf(await get(workstation, 'user', user)),
    statuses: async () => {
      const { items } = await get<{ items: Recorded[] }>(workstation, 'users');
      return Object.fromEntries(items.map((item) => [item.metadata.name, statusOf(item)]));
    },
  };
}

interface Recorded {
  readonly metadata: { readonly name: string };
  readonly status: {
    readonly conditions: readonly Record<'type' | 'status' | 'reason' | 'message', string>[];
  };
}

async function get<T = Recorded>(workstation: Stage['workstation'], ...what: string[]): Promise<T> {
  return JSON.parse((await workstation('get', ...what, '-o', 'json')).stdout) as T;
}

function statusOf({ status: { conditions } }: Recorded): Status {
  const byType = Object.fromEntries(conditions.map((condition) => [condition.type, condition]));
  const { status = '', message = '', reason = '' } = byType['Ready'] ?? {};
  return { ready: status, message, reason, conditions: byType };
}

const bases = new Map<string, Promise<Base>>();

function onboarded({ roster = ROSTER, policy = (text) => text }: StageOptions): Promise<Base> {
  const key = `${roster}\n${policy.toString()}`;
  const base =
    bases.get(key) ??
    siteBase().then((site) => buildBase((machine) => onboard(machine, roster, policy), site));
  bases.set(key, base);
  return base;
}

async function onboard(machine: Machine, roster: string, policy: (text: string) => string): Promise<void> {
  await machine.write('/etc/workstation/workstation.yaml', policy(await sitePolicy()));
  await machine.write('/etc/workstation/roster.yaml', roster);
  await machine.output(['usermod', `--password=$6$${SECRET}`, 'root']);
  await machine.write('/root/secret', SECRET, 0o600);
  await machine.write('/etc/skel/.secret', SECRET, 0o600);
  // Nobody mints here: as if each had got a token earlier.
  await machine.write('/etc/skel/.config/claude-auth-sync/vault-token', 'minted', 0o600);
  await machine.output([WORKSTATION, 'apply']);
}

/**
 * Runs one pass after an attack, and throws unless it did what it must; returns what the program printed.
 * `staged`: what the test itself has put into a home though it is not the attacker's.
 */
export async function attacked(
  stage: Stage,
  attackers: readonly string[] = ['mallory'],
  staged: readonly string[] = [],
): Promise<Result> {
  const { machine } = stage;
  const before = await inventory(machine, attackers);
  await stage.as('alice', 'rm start-claude.sh .kube/config');
  const pass = await stage.workstation('apply');
  expect(changesBetween(before, await inventory(machine, attackers))).toEqual([]);
  await expectServed(stage, ['alice', 'bob']);
  await expectNothingGained(stage, attackers, staged);
  expect(`${pass.stdout}${pass.stderr}`).not.toContain(SECRET);
  return pass;
}

export async function expectServed(stage: Stage, users: readonly string[]): Promise<void> {
  const statuses = await stage.statuses();
  for (const user of users) {
    expect([user, statuses[user]?.message]).toEqual([user, 'everything is as declared']);
    const owners = await stage.machine.output([
      'stat',
      '-c',
      '%U %a',
      `/home/${user}/start-claude.sh`,
      `/home/${user}/.kube/config`,
    ]);
    expect(owners).toBe(`${user} 755\n${user} 600\n`);
  }
}

/** Nothing of root's or of others lies in the home, set-id or not, and no secret but the person's own. */
export async function expectNothingGained(
  { machine }: Stage,
  users: readonly string[],
  staged: readonly string[] = [],
): Promise<void> {
  const script = `for user; do find "/home/$user" -xdev '(' ! -user "$user" -o -perm /6000 ')' -print; done`;
  const foreign = lines(await machine.output(['sh', '-ec', script, 'sh', ...users]));
  expect(foreign.filter((path) => !staged.includes(path))).toEqual([]);
  const homes = users.map((user) => `/home/${user}`);
  const find = ['find', ...homes, '/tmp', '/var/lib/workstation', '-xdev', '-type', 'f', '-size', '-9M'];
  const found = await machine.run([...find, '-exec', 'grep', '-l', '--binary-files=text', SECRET, '{}', '+']);
  // What each has had from the beginning.
  const expected = new Set([...homes.map((home) => `${home}/.secret`), ...staged]);
  expect(lines(found.stdout).filter((path) => !expected.has(path))).toEqual([]);
}

function lines(text: string): string[] {
  return text.split('\n').filter(Boolean);
}

/** Once the obstacles are gone, the next pass finishes what they prevented. */
export async function expectConverged(stage: Stage, users: readonly string[] = ['mallory']): Promise<void> {
  await stage.workstation('apply');
  const statuses = await stage.statuses();
  for (const user of users)
    expect([user, statuses[user]?.message]).toEqual([user, 'everything is as declared']);
  expect(await stage.workstation('plan')).toMatchObject({ code: 0 });
}
