/** What each change that a watch brings is to be looked at for: keys, and nothing but keys. */
import { referencesOf, userKey, workstationKey, type Memory, type World } from './world.ts';
import type { Life } from './lifeline.ts';
import type { Reference } from './singles.ts';

export const ROSTER_KEY = 'roster/';

export class News {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  user(name: string): void {
    const { ask, population, memory, users } = this.#world;
    ask(userKey(name));
    const touched = population.changed(name);
    for (const machine of touched) if (machine !== '') ask(workstationKey(machine));
    if (touched.length > 0) ask(ROSTER_KEY);
    if (users.get(name) !== undefined) return;
    forgetSaid(memory, userKey(name));
    // Whoever found no place may find the one that has become free.
    for (const waiting of population.usersOf('')) ask(userKey(waiting));
  }

  workstation(name: string): void {
    const { ask, memory, workstations } = this.#world;
    ask(workstationKey(name));
    if (workstations.get(name) === undefined) forgetSaid(memory, workstationKey(name));
  }

  /** Renewals are the many: news is an agent that was not known to live, or that is to be looked at earlier than planned. */
  lease(key: string): void {
    const { lifelines, leases, ask } = this.#world;
    const name = key.slice(key.indexOf('/') + 1);
    const before = lifelines.lifeOf(name);
    lifelines.observe(name, leases.store.get(key));
    const after = lifelines.lifeOf(name);
    if (after.kind !== before.kind || msOf(after) < msOf(before)) ask(workstationKey(name));
  }

  binding(key: string): void {
    const user = this.#world.bindings.changed(key);
    if (user !== undefined) this.#world.ask(userKey(user));
  }

  single(reference: Reference): void {
    for (const workstation of this.#world.listed.workstations.list()) {
      const refers = referencesOf([workstation]).some(
        ({ resource, name }) =>
          name === reference.name &&
          resource.plural === reference.resource.plural &&
          resource.namespace === reference.resource.namespace,
      );
      if (refers) this.#world.ask(workstationKey(workstation.metadata.name));
    }
  }
}

function msOf(life: Life): number {
  return 'ms' in life ? life.ms : 0;
}

function forgetSaid({ held, lost }: Memory, key: string): void {
  held.delete(key);
  lost.delete(key);
}
