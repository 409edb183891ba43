/** Random edits of who is declared, as admins make them, and what is declared afterwards. */
import type { Chance } from '../../harness/chance.ts';
import { USERS } from '../../harness/servers/crds.ts';
import type { Apiserver } from '../../harness/servers/kubernetes.ts';
import { userOn } from '../agent/stage.ts';
import { ROSTER } from './fleet.ts';

const MERGE = 'application/merge-patch+json';
const TIERS = ['admin', 'power-user'];
/** Names that come and go on each machine, and of people whom the controller places. */
const PER_MACHINE = 4;
const PLACED = 6;
const IN_ROSTER = ['rita', 'rolf', 'rosa'];

export class Edits {
  /** Names of users who are declared, and of the last who were in the roster. */
  readonly declared = new Set<string>();
  /** How often each edit was made. */
  readonly counts: Record<string, number> = {};
  readonly #server: Apiserver;
  readonly #machines: readonly string[];
  readonly #chance: Chance;

  constructor(server: Apiserver, machines: readonly string[], chance: Chance) {
    this.#server = server;
    this.#machines = machines;
    this.#chance = chance;
  }

  /** Somebody on each machine who stays to the end. */
  async begin(): Promise<void> {
    for (const machine of this.#machines) await this.#create(stayerOf(machine), machine);
  }

  async one(): Promise<void> {
    const edit = this.#chance.one([
      'create',
      'create',
      'create',
      'remove',
      'remove',
      'replace',
      'tier',
      'suspend',
      'rival',
      'roster',
    ] as const);
    this.counts[edit] = (this.counts[edit] ?? 0) + 1;
    const [name, machine] = this.#anybody();
    if (edit === 'create') await this.#create(name, machine);
    if (edit === 'remove') await this.#remove(name);
    if (edit === 'replace') {
      await this.#remove(name);
      await this.#create(name, machine);
    }
    if (edit === 'tier') await this.#change(this.#anyone(), { tier: this.#chance.one(TIERS) });
    if (edit === 'suspend') await this.#change(this.#anyone(), { suspended: this.#chance.next() < 0.5 });
    // Who claims an account that somebody older has.
    if (edit === 'rival' && machine !== undefined)
      await this.#create(`${name}-rival`, machine, { osUser: name });
    if (edit === 'roster') await this.#setRoster();
  }

  #anybody(): [name: string, machine: string | undefined] {
    const index = this.#chance.below(this.#machines.length * PER_MACHINE + PLACED);
    const machine = this.#machines[Math.floor(index / PER_MACHINE)];
    return machine === undefined
      ? [`placed${index}`, undefined]
      : [`${machine}-${index % PER_MACHINE}`, machine];
  }

  /** Also those who stay; nobody of the roster, which says what they are. */
  #anyone(): string {
    return this.#chance.one(
      [...this.declared].filter((name) => !IN_ROSTER.includes(name) && name !== 'rudi'),
    );
  }

  async #create(name: string, workstation: string | undefined, spec: object = {}): Promise<void> {
    const user = userOn(workstation ?? '', name, { tier: this.#chance.one(TIERS), ...spec });
    if (workstation === undefined) delete (user as { spec: { workstation?: string } }).spec.workstation;
    const { status } = await this.#server.request('POST', USERS, user);
    // Whoever is there already, or is still on the way out, is not made again.
    if (status === 201) this.declared.add(name);
    else if (status !== 409) throw new Error(`create ${name}: ${status}`);
  }

  async #remove(name: string): Promise<void> {
    const names = [name, `${name}-rival`].filter((one) => this.declared.has(one));
    if (names.length === 0) return;
    const gone = this.#chance.one(names);
    await this.#server.request('DELETE', `${USERS}/${gone}`);
    this.declared.delete(gone);
  }

  async #change(name: string, spec: object): Promise<void> {
    const { status } = await this.#server.request('PATCH', `${USERS}/${name}`, { spec }, MERGE);
    if (status !== 200) throw new Error(`change ${name}: ${status}`);
  }

  async #setRoster(): Promise<void> {
    const names = IN_ROSTER.filter(() => this.#chance.next() < 0.6);
    const data = { 'roster.yaml': rosterOf(names, this.#chance.one(TIERS)) };
    await this.#server.request('PATCH', `${ROSTER}/roster`, { data }, MERGE);
    for (const name of IN_ROSTER) this.declared.delete(name);
    for (const name of names) this.declared.add(name);
  }
}

export const stayerOf = (machine: string) => `${machine}-stays`;

/** Of one who stays, and these. */
export function rosterOf(names: readonly string[], tier: string): string {
  const entry = (name: string) =>
    `  ${name}: {authentik_user: sso-${name}, k8s_user: ${name}, tier: ${tier}}\n`;
  return `users:\n${['rudi', ...names].map(entry).join('')}`;
}
