/** The bindings that the controller made, by user: what the watches have brought, and what was written a moment ago. */
import type { Clock } from '../controller/clock.ts';
import type { ObjectStore } from '../kubernetes/store.ts';
import { userOfBinding } from './access.ts';
import type { Binding } from './kinds.ts';

/** Milliseconds. A write that no watch has brought by then was undone meanwhile. */
const PATIENCE = 10_000;

export class Bindings {
  /** Of one namespace each, and of the cluster: their keys are NAMESPACE/NAME and NAME. */
  readonly #stores: readonly ObjectStore<Binding>[];
  readonly #clock: Clock;
  /** Keys by user. */
  readonly #keys = new Map<string, Set<string>>();
  /** By key; undefined for what was deleted. */
  readonly #written = new Map<string, { readonly binding: Binding | undefined; readonly at: number }>();

  constructor(stores: readonly ObjectStore<Binding>[], clock: Clock) {
    this.#stores = stores;
    this.#clock = clock;
  }

  /** A watch has brought news of a key: whose binding it is, if anybody's. */
  changed(key: string): string | undefined {
    const user = userOfBinding(key.slice(key.indexOf('/') + 1));
    if (user === undefined) return undefined;
    this.#written.delete(key);
    if (this.#get(key) === undefined) this.#drop(user, key);
    else this.#note(user, key);
    return user;
  }

  wrote(user: string, binding: Binding): void {
    const key = keyOf(binding);
    this.#written.set(key, { binding, at: this.#clock.now() });
    this.#note(user, key);
  }

  deleted(binding: Binding): void {
    this.#written.set(keyOf(binding), { binding: undefined, at: this.#clock.now() });
  }

  of(user: string): Binding[] {
    return [...(this.#keys.get(user) ?? [])].flatMap((key) => this.#get(key) ?? []);
  }

  #get(key: string): Binding | undefined {
    const written = this.#written.get(key);
    if (written !== undefined && this.#clock.now() - written.at < PATIENCE) return written.binding;
    this.#written.delete(key);
    for (const store of this.#stores) {
      const binding = store.get(key);
      if (binding !== undefined) return binding;
    }
    return undefined;
  }

  #note(user: string, key: string): void {
    const keys = this.#keys.get(user) ?? new Set();
    this.#keys.set(user, keys.add(key));
  }

  #drop(user: string, key: string): void {
    const keys = this.#keys.get(user);
    keys?.delete(key);
    if (keys?.size === 0) this.#keys.delete(user);
  }
}

function keyOf({ metadata: { namespace, name } }: Binding): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
