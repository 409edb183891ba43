/** The objects of a reflector, and which keys each news of them concerns. */
import type { KubernetesObject } from './objects.ts';
import { keyOf } from './paths.ts';
import type { Departure } from './store.ts';
import { isOlder } from './versions.ts';

/** Departures that are remembered, newest last. */
const MOST_DEPARTED = 1000;

export class Cache<T extends KubernetesObject> {
  /** By key. */
  #objects = new Map<string, T>();
  /** By key; of each key the last one. Its uid is never that of the object with that key. */
  readonly #departed = new Map<string, Departure<T>>();

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  list(): T[] {
    return [...this.#objects.values()];
  }

  departed(key: string): Departure<T> | undefined {
    return this.#departed.get(key);
  }

  /** @returns its key, if it was not known like that */
  put(object: T): string | undefined {
    const key = keyOf(object);
    const before = this.#objects.get(key);
    this.#objects.set(key, object);
    if (before !== undefined && !isSame(before, object)) this.#depart(key, before, 'replacement');
    if (before === undefined) this.#arrive(key, object);
    return before !== undefined && isSame(before, object) && versionOf(before) === versionOf(object)
      ? undefined
      : key;
  }

  /** @returns its key, if it was there */
  remove(object: T): string | undefined {
    const key = keyOf(object);
    const before = this.#objects.get(key);
    if (before === undefined || !isSame(before, object)) return undefined;
    this.#objects.delete(key);
    this.#depart(key, object, 'event');
    return key;
  }

  /**
   * Takes `objects` for all there are.
   * @param isRewound whether the server's history goes back behind what is here: then nothing here is taken to be known,
   * for a version that comes twice may be of two different objects
   * @returns the keys of those that came, changed or left
   */
  replace(objects: readonly T[], isRewound: boolean): string[] {
    const before = this.#objects;
    this.#objects = new Map(objects.map((object) => [keyOf(object), object]));
    const hasGoneBack = isRewound || objects.some((object) => isOlderThan(object, before));
    const changed = [...this.#objects].filter(([key, object]) => {
      const old = before.get(key);
      if (old !== undefined && !isSame(old, object)) this.#depart(key, old, 'replacement');
      if (old === undefined) this.#arrive(key, object);
      return hasGoneBack || old === undefined || !isSame(old, object) || versionOf(old) !== versionOf(object);
    });
    const left = [...before].filter(([key]) => !this.#objects.has(key));
    for (const [key, old] of left) this.#depart(key, old, hasGoneBack ? 'rewind' : 'absence');
    return [...changed, ...left].map(([key]) => key);
  }

  #arrive(key: string, object: T): void {
    const departed = this.#departed.get(key);
    if (departed !== undefined && isSame(departed.last, object)) this.#departed.delete(key);
  }

  #depart(key: string, last: T, by: Departure<T>['by']): void {
    this.#departed.delete(key);
    this.#departed.set(key, { last, by });
    if (this.#departed.size <= MOST_DEPARTED) return;
    for (const oldest of this.#departed.keys()) {
      this.#departed.delete(oldest);
      return;
    }
  }
}

/** Not only of one name: deleted and made again, it is another. */
function isSame(a: KubernetesObject, b: KubernetesObject): boolean {
  return a.metadata.uid === b.metadata.uid;
}

function versionOf({ metadata }: KubernetesObject): string | undefined {
  return metadata.resourceVersion;
}

/** An object of a history that was not set back only ever gets newer. */
function isOlderThan(object: KubernetesObject, before: ReadonlyMap<string, KubernetesObject>): boolean {
  const old = before.get(keyOf(object));
  return old !== undefined && isSame(old, object) && isOlder(versionOf(object), versionOf(old));
}
