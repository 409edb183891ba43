/**
 * Who is to have what, worked out once for many passes. It is worked out anew when what is declared changes, or when the
 * machine says otherwise than it assumes; a port that it has promised to a newcomer stays promised meanwhile.
 */
import type { WorkstationUser } from '../api/user.ts';
import { expand } from '../api/template.ts';
import type { WorkstationSpec } from '../api/workstation/index.ts';
import type { Machine } from '../host/machine.ts';
import {
  givenTo,
  promises,
  reservedBy,
  resolve,
  type Desired,
  type Knowledge,
} from '../reconcile/desired.ts';
import { claimsOf, type EnvFile } from '../roster/claims.ts';
import type { State } from '../report/record.ts';
import { portsOf, type Person } from '../sections/section.ts';

export interface Wanted {
  /** Whom the machine is to have. */
  readonly users: readonly WorkstationUser[];
  readonly policy: WorkstationSpec;
  /** By OS user: who has left, and keeps ports until they are released. */
  readonly departed: State['cuts'];
  /** By metadata.name: how people stood when this program, or one before it, looked last. */
  readonly known: State['users'];
}

export class Desires {
  readonly #machine: Machine;
  readonly #isThere: (osUser: string) => boolean;
  #wanted: Wanted;
  #desired: Desired | undefined;
  /** By metadata.name; always of `#desired`. */
  #people: ReadonlyMap<string, Person> = new Map();

  constructor(machine: Machine, isThere: (osUser: string) => boolean, wanted: Wanted) {
    this.#machine = machine;
    this.#isThere = isThere;
    this.#wanted = wanted;
  }

  get wanted(): Wanted {
    return this.#wanted;
  }

  /** What is equal to what was there before is what was there before: passes remember by it that nothing changed. */
  set wanted(wanted: Wanted) {
    const { policy } = this.#wanted;
    this.#wanted = isSame(policy, wanted.policy) ? { ...wanted, policy } : wanted;
    this.#desired = undefined;
  }

  /** What everybody is to have, as of the machine now. */
  get current(): Desired {
    return this.#desired ?? this.workOut();
  }

  /** Looks at the machine again: maps depend on who is there by now, ports on who holds them. */
  workOut(): Desired {
    const { users, policy } = this.#wanted;
    const desired = resolve(this.#machine, users, policy, this.knowledge);
    const people = desired.people.map((person) => this.#asBefore(person));
    this.#people = new Map(people.map((person) => [person.name, person]));
    this.#desired = { ...desired, people };
    return this.#desired;
  }

  /** Undefined for whoever is not wanted. Costs a look at that person's own environment files. */
  person(name: string): Person | undefined {
    if (this.#desired === undefined) this.workOut();
    const person = this.#people.get(name);
    if (person !== undefined && !this.#isUpToDate(person)) this.workOut();
    return this.#people.get(name);
  }

  #asBefore(person: Person): Person {
    const before = this.#people.get(person.name);
    if (before === undefined || before.policy !== person.policy) return person;
    const { policy: _, ...said } = person;
    const { policy: _same, ...saidBefore } = before;
    return isSame(said, saidBefore) ? before : person;
  }

  get knowledge(): Knowledge {
    const { policy, departed, known } = this.#wanted;
    const ofPeople = [...this.#people.values()].flatMap((person) =>
      promises(person.osUser, portsOf(person), policy),
    );
    const others = Object.entries(known).filter(([name]) => !this.#people.has(name));
    return {
      promised: [...ofPeople, ...reservedBy(departed, policy)],
      remembered: givenTo(Object.fromEntries(others), policy),
      isThere: this.#isThere,
    };
  }

  /** Whether the person's files claim what was worked out, or nothing yet, and the home is where it was taken to be. */
  #isUpToDate(person: Person): boolean {
    const { services } = person.policy;
    const home = this.#machine.account(person.osUser)?.home;
    if (home !== undefined && home !== person.home) return false;
    const { ports, troubles } = claimsOf(services, this.#filesOf(person));
    if (troubles.length > 0 || person.portTroubles.length > 0) return false;
    return services.every(({ name }) => {
      const claimed = ports.get(name)?.get(person.osUser);
      return claimed === undefined || claimed === person.ports[name];
    });
  }

  #filesOf({ osUser, policy }: Person): EnvFile[] {
    const paths = [...new Set(policy.services.map(({ envFile }) => expand(envFile, { user: osUser })))];
    const entries = this.#machine.lookAtSystem(paths.map((path) => ({ path, read: 'text' })));
    return paths.flatMap((path) => {
      const entry = entries.get(path);
      if (entry === undefined || entry.kind === 'absent') return [];
      return [entry.kind === 'file' && entry.text !== undefined ? { path, text: entry.text } : { path }];
    });
  }
}

function isSame(a: object, b: object): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
