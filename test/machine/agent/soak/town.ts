/** People who come, go, return and work, on a machine that others change too; what must be true of it afterwards is kept. */
import { rosterOf, ROSTER, type Ground, type People } from '../faults/ground.ts';
import type { Chance } from '../../../harness/chance.ts';

interface Townsman {
  tier: 'admin' | 'power-user';
  layout: 'single' | 'workspace';
  repos: readonly string[];
  suspended: boolean;
}

const NAMES = ['ada', 'bea', 'cid', 'dan', 'eve', 'fay', 'gus', 'hal'];
const REPOS = ['tripit', 'website'];

export class Town {
  readonly ground: Ground;
  readonly #chance: Chance;
  /** Everybody who was ever declared; whoever returns is as they were. */
  readonly #known = new Map<string, Townsman>();
  readonly #present = new Set<string>();
  /** By path: what somebody wrote of their own. */
  readonly #written = new Map<string, string>();
  /** By person: what they were told to have got first. */
  readonly #ports = new Map<string, number>();
  readonly did: string[] = [];

  constructor(ground: Ground, chance: Chance) {
    this.ground = ground;
    this.#chance = chance;
  }

  get present(): readonly string[] {
    return [...this.#present];
  }

  get people(): People {
    return Object.fromEntries(this.present.map((name) => [name, entryOf(this.#known.get(name))]));
  }

  /** One thing that an administrator, a person, a remote or the machine does. */
  async happen(): Promise<void> {
    const [what, act] = this.#chance.one(this.#happenings);
    this.did.push(what);
    await act();
  }

  readonly #happenings: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['come', () => this.come()],
    ['come', () => this.come()],
    ['go', () => this.#go()],
    ['change', () => this.#change()],
    ['change', () => this.#change()],
    ['suspend', () => this.#suspend()],
    ['half a roster', () => this.#writeHalf()],
    ['no roster', () => this.#loseRoster()],
    ['work', () => this.#work()],
    ['work', () => this.#work()],
    ['work', () => this.#work()],
    ['drift', () => this.#drift()],
    ['drift', () => this.#drift()],
    ['drift', () => this.#drift()],
    ['remote down', () => this.#loseRemote()],
    ['child killed', () => this.#killChild()],
    ['child killed', () => this.#killChild()],
  ];

  async come(): Promise<void> {
    const absent = NAMES.filter((name) => !this.#present.has(name));
    if (absent.length === 0) return;
    const name = this.#chance.one(absent);
    if (!this.#known.has(name))
      this.#known.set(name, { tier: 'power-user', layout: 'single', repos: [], suspended: false });
    this.#present.add(name);
    await this.ground.declare(this.people);
  }

  async #go(): Promise<void> {
    if (this.#present.size < 3) return;
    this.#present.delete(this.#chance.one(this.present));
    await this.ground.declare(this.people);
  }

  async #change(): Promise<void> {
    const person = this.#known.get(this.#chance.one(this.present));
    if (person === undefined) return;
    if (this.#chance.next() < 0.5) person.tier = this.#chance.one(['admin', 'power-user']);
    else {
      // A tree that has been made a workspace stays one: what lies in it is the person's.
      person.layout = 'workspace';
      person.repos = REPOS.filter(() => this.#chance.next() < 0.5);
    }
    await this.ground.declare(this.people);
  }

  async #suspend(): Promise<void> {
    const person = this.#known.get(this.#chance.one(this.present));
    if (person !== undefined) person.suspended = !person.suspended;
    await this.ground.declare(this.people);
  }

  async #writeHalf(): Promise<void> {
    const text = rosterOf(this.people);
    await this.ground.machine.write(ROSTER, text.slice(0, this.#chance.below(text.length)));
    await this.pause();
    await this.ground.machine.write(ROSTER, text);
  }

  async #loseRoster(): Promise<void> {
    await this.ground.sh(`rm -f ${ROSTER}`);
    await this.pause();
    await this.ground.declare(this.people);
  }

  /** Whoever has a home by now writes a file of their own into it. */
  async #work(): Promise<void> {
    const name = this.#chance.one(this.present);
    const text = `${this.#written.size}`;
    const path = `/home/${name}/own-${text}`;
    const script = `[ -d "/home/${name}/.config" ] && cd "/home/${name}" && echo ${text} >${path} && chown --reference=. ${path}`;
    const { code } = await this.ground.machine.run(['sh', '-c', script]);
    if (code === 0) this.#written.set(path, text);
  }

  async #drift(): Promise<void> {
    const name = this.#chance.one(this.present);
    await this.ground.machine.run(['sh', '-c', this.#chance.one(DRIFTS), 'sh', name]);
  }

  async #loseRemote(): Promise<void> {
    await this.ground.sh('mv /srv/git /srv/gone');
    await this.pause();
    await this.ground.sh('mv /srv/gone /srv/git');
  }

  async #killChild(): Promise<void> {
    await this.ground.machine.run(['pkill', '-KILL', ...this.#chance.one(CHILDREN)]);
  }

  pause(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, this.#chance.below(700)));
  }

  /** Everybody is let in again. */
  async rest(): Promise<void> {
    for (const person of this.#known.values()) person.suspended = false;
    await this.ground.declare(this.people);
  }

  /** What a port was first, it is always. */
  async notePorts(): Promise<void> {
    for (const { metadata, status } of await this.ground.users()) {
      const { t3 } = status.ports;
      if (t3 === undefined) continue;
      const first = this.#ports.get(metadata.name) ?? t3;
      this.#ports.set(metadata.name, first);
      expect([metadata.name, t3]).toEqual([metadata.name, first]);
    }
  }

  /** Whoever is declared is as declared, whoever has left is cut off, and nobody has lost anything. */
  async expectWell(): Promise<void> {
    await this.ground.converged();
    await this.notePorts();
    const absent = [...this.#known.keys()].filter((name) => !this.#present.has(name));
    expect(await this.ground.machine.output(['sh', '-c', DEPARTED, 'sh', ...absent])).toBe('');
    for (const [path, text] of this.#written)
      expect([path, await this.ground.machine.read(path)]).toEqual([path, `${text}\n`]);
    expect(new Set(this.#ports.values()).size).toBe(this.#ports.size);
    expect(await this.ground.sh('cut -d: -f3 /etc/passwd | sort | uniq -d')).toBe('');
  }
}

const DRIFTS = [
  'rm -f "/etc/site/$1.env"',
  'rm -f /etc/site/map',
  'echo "somebody=else" >>/etc/site/map',
  'rm -f "/home/$1/start.sh"',
  'rm -rf "/home/$1/.config"',
  'echo other >/etc/motd',
  'gpasswd -d "$1" docker',
  'rm -f /etc/systemd/system/*.wants/"t3-serve@$1.service"',
  'chmod 600 /etc/site/map',
  'sed -i "s/learn/other/" "/home/$1/.claude/settings.json"',
];

const CHILDREN = [['-f', 'host/home/child.js'], ['-x', 'git'], ['useradd|gpasswd|usermod|chage']];

/** Prints who has left and could come in all the same, or has lost what must stay theirs. */
const DEPARTED = `
  for user; do
    [ "$(getent shadow "$user" | cut -d: -f8)" = 1 ] || echo "let in: $user"
    [ -d "/home/$user" ] || echo "gone: /home/$user"
    grep -q "^$user=" /etc/site/map && echo "on the map: $user"
  done
  :
`;

function entryOf(person: Townsman | undefined): string {
  const { tier = 'power-user', layout = 'single', repos = [], suspended = false } = person ?? {};
  const workspace = layout === 'workspace' ? `, code_layout: workspace, repos: [${repos.join(', ')}]` : '';
  return `tier: ${tier}${workspace}${suspended ? ', suspended: true' : ''}`;
}
