/**
 * A machine with people, and an agent that has brought them all in, for faults to be staged against it. What is declared
 * lies on a file system that no fault is about, so that it can always be edited. Everybody has worked in their home.
 */
import { createMachine, CHECKOUT, type Machine } from '../../../harness/machine/machine.ts';
import { siteBase } from '../../../harness/site/site.ts';
import { DEADLINE, eventually, launchAgent, type AgentOptions, type RunningAgent } from '../runner.ts';

export const WORKSTATION = `${CHECKOUT}/bin/workstation`;
const DECLARED = '/srv/declared';
export const ROSTER = `${DECLARED}/roster.yaml`;
export const POLICY = `${DECLARED}/workstation.yaml`;
/** What everybody has written by themselves, and must find again. */
const MINE = 'mine';

export const policy = `apiVersion: workstation.dev/v1alpha1
kind: Workstation
metadata: { name: box }
spec:
  accounts: { shell: /bin/sh, homeMode: '0700', groups: { admin: [docker] } }
  code:
    path: code
    infra: { name: infra, remote: file:///srv/git/infra.git, branch: master }
    repos: { baseURL: file:///srv/git/forgejo }
    refreshInterval: 1h
    timeout: 3s
  files:
    - { name: note, path: .config/note, content: 'for \${user}', mode: '0644' }
    - { name: launcher, path: start.sh, source: /opt/launcher.sh, mode: '0755' }
  settings:
    - name: hooks
      path: .claude/settings.json
      elements: [{ pointer: /hooks/Stop, unlessContains: learn, value: { command: learn } }]
  commands:
    - { name: hello, argv: [sh, -c, 'touch .hello'], creates: .hello, timeout: 2s }
  services:
    - { name: t3, port: { base: 3773 }, envFile: '/etc/site/\${user}.env', env: { T3_PORT: '\${port.t3}' }, units: ['t3-serve@\${user}.service'] }
  machine:
    files: [{ name: motd, path: /etc/motd, content: hello }]
    maps: [{ name: users, path: /etc/site/map, format: Lines, service: t3 }]
    supersedes: [t3-provision-users.timer]
  offboarding: { archiveDirectory: /var/lib/workstation/archive, massRemovalLimit: 3 }
`;

export type People = Readonly<Record<string, string>>;

/** The rest of an entry. */
export const PLAIN = 'tier: admin';
export const CODER = 'tier: power-user, code_layout: workspace, repos: [tripit]';

export function rosterOf(people: People): string {
  const entries = Object.entries(people).map(
    ([name, rest]) => `  ${name}: {authentik_user: ${name}, k8s_user: ${name}, ${rest}}\n`,
  );
  return entries.length === 0 ? 'users: {}\n' : `users:\n${entries.join('')}`;
}

export interface Person {
  readonly metadata: { readonly name: string; readonly creationTimestamp: string };
  readonly status: {
    readonly ports: Readonly<Record<string, number>>;
    readonly conditions: readonly Record<'type' | 'status' | 'reason' | 'message', string>[];
  };
}

export class Ground {
  readonly machine: Machine;
  #agent: RunningAgent | undefined;
  /** Who is declared. */
  people: People = {};
  /** Who has written something into their home. */
  readonly workers = new Set<string>();
  /** What lies about on any machine like this one. */
  #before = '';

  private constructor(machine: Machine) {
    this.machine = machine;
  }

  static async of(people: People, prepare?: (ground: Ground) => Promise<void>): Promise<Ground> {
    const ground = new Ground(await createMachine({ kind: 'chroot', base: await siteBase() }));
    await ground.sh('mkdir -p /var/lib/workstation');
    await ground.machine.write('/opt/launcher.sh', '#!/bin/sh\n', 0o755);
    await ground.machine.write(POLICY, policy);
    await ground.declare(people);
    await prepare?.(ground);
    ground.#before = await ground.sh(LEFTOVERS);
    return ground;
  }

  get agent(): RunningAgent {
    if (this.#agent === undefined) throw new Error('asking for the agent: none has been started');
    return this.#agent;
  }

  async declare(people: People): Promise<void> {
    this.people = people;
    // In one step, as editors do.
    await this.machine.write(`${ROSTER}.new`, rosterOf(people));
    await this.machine.output(['mv', `${ROSTER}.new`, ROSTER]);
  }

  /** Declares one more. Gives their name. */
  async come(rest: string): Promise<string> {
    const name = `new${Object.keys(this.people).length}`;
    await this.declare({ ...this.people, [name]: rest });
    return name;
  }

  async start(options: AgentOptions = {}): Promise<void> {
    const args = ['-f', ROSTER, '-w', POLICY, ...(options.args ?? [])];
    this.#agent = await launchAgent(this.machine, { ...options, args });
  }

  /** A shell script as root; throws when it fails. */
  sh(script: string): Promise<string> {
    return this.machine.output(['sh', '-ec', script]);
  }

  async users(): Promise<readonly Person[]> {
    const { stdout } = await this.machine.run([WORKSTATION, 'get', 'users', '-o', 'json']);
    return stdout === '' ? [] : (JSON.parse(stdout) as { items: Person[] }).items;
  }

  /** What is said of somebody: `Ready=False NotDeclared: …`. */
  async said(name: string, type = 'Ready'): Promise<string> {
    const user = (await this.users()).find(({ metadata }) => metadata.name === name);
    const found = user?.status.conditions.find((condition) => condition.type === type);
    return found === undefined ? '' : `${type}=${found.status} ${found.reason}: ${found.message}`;
  }

  /** Waits until the agent has repaired something of theirs, whatever else keeps it. */
  async repaired(name: string): Promise<void> {
    const path = `/etc/site/${name}.env`;
    await this.sh(`rm ${path}`);
    const isSo = async () => (await this.machine.run(['test', '-e', path])).code === 0;
    await eventually(`${path} is there again`, isSo, { seen: this.agent.said });
  }

  async cutOff(name: string): Promise<void> {
    const isSo = async () => (await this.sh(`getent shadow ${name}`)).includes(':1:');
    await eventually(`${name} is cut off`, isSo, { seen: this.agent.said });
  }

  /** Once everybody is there, each works in their home. */
  async settle(): Promise<void> {
    await this.converged();
    for (const name of Object.keys(this.people)) await this.work(name);
  }

  /** What somebody does of their own. */
  async work(name: string): Promise<void> {
    const script = `cd; echo "${name}" >${MINE}; grep -q mine .claude/settings.json || sed -i '1s/{/{"mine": true,/' .claude/settings.json`;
    await this.machine.output(['sh', '-c', script], { user: name });
    this.workers.add(name);
  }

  /**
   * Waits, asking for nothing, until everybody who is declared is as declared. What they have written is there, no port
   * is given twice, and nothing of this program's lies about.
   */
  async converged(): Promise<void> {
    let seen = '';
    const isSo = async (): Promise<boolean> => {
      const { code, stdout, stderr } = await this.machine.run([
        WORKSTATION,
        'plan',
        '-f',
        ROSTER,
        '-w',
        POLICY,
      ]);
      seen = stdout + stderr;
      return code === 0;
    };
    await eventually('nothing is left to do', isSo, { seen: () => `${seen}\n${this.#agent?.said() ?? ''}` });
    let others: readonly Person[] = [];
    await eventually(
      'everybody is told to be Ready',
      async () => {
        const users = await this.users();
        others = users.filter((user) => !isReady(user));
        const ready = new Set(users.filter(isReady).map(({ metadata }) => metadata.name));
        return Object.keys(this.people).every((name) => ready.has(name));
      },
      {
        // What waits for something that may come by itself is looked at once a minute.
        within: 2 * DEADLINE,
        seen: () => `${JSON.stringify(others)}\n${this.#agent?.said() ?? ''}`,
      },
    );
    expect(await this.sh(LEFTOVERS)).toBe(this.#before);
    expect(await this.machine.output(['sh', '-c', WRONG, 'sh', ...Object.keys(this.people)])).toBe('');
    expect(await this.machine.output(['sh', '-c', LOST, 'sh', ...this.workers])).toBe('');
  }
}

function isReady({ status }: Person): boolean {
  return status.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True');
}

/** What nobody may find afterwards: temporary names, homes in the making, locks, half-moved clones, children. */
const LEFTOVERS = `find /etc /home /srv/declared /var/lib/workstation -xdev \\( -name '.workstation-*' -o -name '*.new-home' \\
  -o -name '*.lock' ! -name .pwd.lock -o -name '*+' -path '/etc/*' -o -name '.tmp*' \\) -print`;

/** Prints who lacks a part of their account, what belongs to others, what is lost, and ports that two have. */
const WRONG = `
  for user; do
    for file in passwd shadow group gshadow subuid subgid; do
      [ "$(grep -c "^$user:" "/etc/$file")" = 1 ] || echo "$file: $user"
    done
    [ "$(stat -c '%U:%G %a' "/home/$user")" = "$user:$user 700" ] || echo "home: $user"
    find "/home/$user" ! -user "$user" -printf 'foreign: %p\\n'
    grep -q "^$user=$user$" /etc/site/map || echo "map: $user"
  done
  cat /etc/site/*.env | grep T3_PORT | sort | uniq -d
`;

/** Prints whose own work is not as they left it. */
const LOST = `
  for user; do
    [ "$(cat "/home/$user/${MINE}")" = "$user" ] || echo "lost: $user ${MINE}"
    grep -q '"mine": *true' "/home/$user/.claude/settings.json" || echo "lost: $user settings"
  done
`;
