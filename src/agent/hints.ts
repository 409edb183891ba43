/** From a hint that something on the machine changed to the keys that have to look. What a pass just did itself is no news. */
import type { Machine } from '../host/machine.ts';
import type { Hint } from '../host/watch/hint.ts';
import { probesOf } from '../reconcile/plan.ts';
import { ownersOf } from '../roster/claims.ts';
import type { Person } from '../sections/section.ts';
import { MACHINE_KEY, userKey } from './keys.ts';
import type { Situation } from './situation.ts';

export class HintReader {
  readonly #machine: Machine;
  /** By metadata.name: the account as the last pass left it. */
  readonly #accounts = new Map<string, string>();
  #groups: string;

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#groups = namesOf(machine.groups());
  }

  /** A pass over this person has just ended. */
  remember({ name, osUser }: Person): void {
    this.#accounts.set(name, this.#accountOf(osUser));
  }

  forget(name: string): void {
    this.#accounts.delete(name);
  }

  async keysOf(hint: Hint, situation: Situation): Promise<readonly string[]> {
    switch (hint.kind) {
      case 'accounts':
        return this.#changedAccounts(situation);
      case 'file':
        return keysOfFile(hint.path, situation);
      case 'unit':
        return this.#keysOfUnit(hint.unit, situation);
      case 'home':
        return namesOfAccount(hint.osUser, situation).map(userKey);
    }
  }

  #changedAccounts(situation: Situation): string[] {
    const groups = namesOf(this.#machine.groups());
    const isAnybody = groups !== this.#groups;
    this.#groups = groups;
    const { people } = situation.desires.current;
    return people
      .filter(({ name, osUser }) => isAnybody || this.#accounts.get(name) !== this.#accountOf(osUser))
      .map(({ name }) => userKey(name));
  }

  #accountOf(osUser: string): string {
    return JSON.stringify(this.#machine.account(osUser) ?? null);
  }

  /** Units that are as they should be need nobody: a start by a pass is told of like any other. */
  async #keysOfUnit(unit: string, { desires, passes }: Situation): Promise<string[]> {
    const owner = desires.current.people.find((person) => probesOf(person).units.includes(unit));
    const { units, supersedes } = desires.wanted.policy.machine;
    const isMachines = units.some(({ name }) => name === unit) || supersedes.includes(unit);
    if (owner === undefined && !isMachines) return [];
    await passes.lookAtUnits([unit]);
    const facts = this.#machine.units.get(unit);
    if (facts?.enabled && WELL.has(facts.active) && !supersedes.includes(unit)) return [];
    return [...(owner === undefined ? [] : [userKey(owner.name)]), ...(isMachines ? [MACHINE_KEY] : [])];
  }
}

const WELL: ReadonlySet<string> = new Set(['active', 'activating', 'reloading']);

/** An environment file is its owner's, a map or file of the machine the machine's, and a source everybody's. */
function keysOfFile(path: string, { desires }: Situation): string[] {
  const { machine, services } = desires.wanted.policy;
  const owner = ownersOf(services)(path);
  if (owner !== undefined) {
    const people = desires.current.people.filter(({ osUser }) => osUser === owner.osUser);
    return people.map(({ name }) => userKey(name));
  }
  const isMachines = [...machine.files, ...machine.maps].some((file) => file.path === path);
  return isMachines
    ? [MACHINE_KEY]
    : [MACHINE_KEY, ...desires.current.people.map(({ name }) => userKey(name))];
}

function namesOfAccount(osUser: string, { desires }: Situation): string[] {
  return desires.current.people.filter((person) => person.osUser === osUser).map(({ name }) => name);
}

function namesOf(groups: ReadonlySet<string>): string {
  return [...groups].join(',');
}
