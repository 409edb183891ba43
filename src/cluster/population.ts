/**
 * Who is on which machine, kept as users change. What follows from all users of a machine together is worked out once after
 * each change of a spec among them: a report of how somebody stands changes nothing here, and those are the many.
 */
import { catalog, type Stalled } from '../api/catalog.ts';
import { osUserOf } from '../api/user.ts';
import type { ClusterUser, ClusterWorkstation } from './kinds.ts';
import type { Residents } from './placement.ts';

interface Entry {
  readonly uid: string | undefined;
  readonly generation: number | undefined;
  /** Empty while the user is on no machine. */
  readonly machine: string;
}

interface Machine {
  readonly users: Set<string>;
  residents?: Residents | undefined;
  /** For the Workstation that it was worked out with. */
  stalled?:
    { readonly of: ClusterWorkstation | undefined; readonly by: ReadonlyMap<string, Stalled> } | undefined;
}

export class Population {
  readonly #user: (name: string) => ClusterUser | undefined;
  readonly #entries = new Map<string, Entry>();
  /** By name; '' holds those who are on none. A machine without users is absent. */
  readonly #machines = new Map<string, Machine>();
  /** Machines that users were just sent to, until their specs say so. */
  readonly #sent = new Map<string, string>();

  constructor(user: (name: string) => ClusterUser | undefined) {
    this.#user = user;
  }

  /** Notes how a user stands now; the machines for whose users something may be different, '' among them. */
  changed(name: string): readonly string[] {
    const before = this.#entries.get(name);
    const user = this.#user(name);
    const after = user && entryOf(user, this.#sent.get(name));
    if (
      after?.uid === before?.uid &&
      after?.generation === before?.generation &&
      after?.machine === before?.machine
    )
      return [];
    if (before !== undefined) this.#leave(name, before.machine);
    if (after === undefined) this.#entries.delete(name);
    else this.#enter(name, after);
    return [...new Set([before, after].flatMap((entry) => (entry === undefined ? [] : [entry.machine])))];
  }

  /** Counts somebody to a machine before the API server has answered: the next who is placed must see it. */
  send(name: string, machine: string): void {
    this.#sent.set(name, machine);
    this.changed(name);
  }

  /** The answer has come, whatever it is: from now on the spec counts. */
  arrive(name: string): void {
    this.#sent.delete(name);
    this.changed(name);
  }

  /** Names of the users of a machine; of those who are on none for ''. */
  usersOf(machine: string): ReadonlySet<string> {
    return this.#machines.get(machine)?.users ?? NOBODY;
  }

  residentsOf(name: string): Residents {
    const machine = this.#machines.get(name);
    if (machine === undefined) return EMPTY;
    return (machine.residents ??= residentsAmong(this.#objects(machine)));
  }

  /** Those of a machine who claim what an older one has, by name. */
  stalledOf(name: string, workstation: ClusterWorkstation | undefined): ReadonlyMap<string, Stalled> {
    const machine = this.#machines.get(name);
    if (machine === undefined) return NONE;
    if (machine.stalled === undefined || machine.stalled.of !== workstation) {
      const { stalled } = catalog(this.#objects(machine), workstation);
      machine.stalled = {
        of: workstation,
        by: new Map(stalled.map((each) => [each.user.metadata.name, each])),
      };
    }
    return machine.stalled.by;
  }

  #objects({ users }: Machine): ClusterUser[] {
    return [...users].flatMap((name) => this.#user(name) ?? []);
  }

  #enter(name: string, entry: Entry): void {
    this.#entries.set(name, entry);
    const machine = this.#machines.get(entry.machine) ?? { users: new Set() };
    this.#machines.set(entry.machine, machine);
    machine.users.add(name);
    this.#unsettle(machine);
  }

  #leave(name: string, from: string): void {
    const machine = this.#machines.get(from);
    if (machine === undefined) return;
    machine.users.delete(name);
    this.#unsettle(machine);
    if (machine.users.size === 0) this.#machines.delete(from);
  }

  #unsettle(machine: Machine): void {
    machine.residents = undefined;
    machine.stalled = undefined;
  }
}

const NOBODY: ReadonlySet<string> = new Set();
const NONE: ReadonlyMap<string, Stalled> = new Map();
const EMPTY: Residents = residentsAmong([]);

function entryOf({ metadata, spec }: ClusterUser, sent: string | undefined): Entry {
  return {
    uid: metadata.uid,
    generation: metadata.generation,
    machine: spec.workstation || sent || '',
  };
}

function residentsAmong(users: readonly ClusterUser[]): Residents {
  const tiers = Map.groupBy(users, ({ spec }) => spec.tier);
  return {
    count: users.length,
    accounts: new Set(users.map((user) => osUserOf(user))),
    identities: new Set(users.map(({ spec }) => spec.authentikUser)),
    tiers: new Map([...tiers].map(([tier, members]) => [tier, members.length])),
  };
}
