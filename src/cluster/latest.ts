/**
 * A store that already knows what this program has written: the watch brings it a moment later, and a pass in between must
 * not take its own work for undone and do it again.
 */
import type { Clock } from '../controller/clock.ts';
import type { KubernetesObject } from '../kubernetes/objects.ts';
import type { ObjectStore } from '../kubernetes/store.ts';

/** Milliseconds. What a watch has not brought by then was undone: a server restored from a snapshot forgets writes. */
const PATIENCE = 10_000;

export class Latest<T extends KubernetesObject> {
  readonly #store: ObjectStore<T>;
  readonly #clock: Clock;
  /** Answers to writes that the store has not caught up with, by key. */
  readonly #written = new Map<string, { readonly object: T; readonly at: number }>();

  constructor(store: ObjectStore<T>, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The answer to a write of an object that the store has. */
  wrote(object: T): void {
    this.#written.set(object.metadata.name, { object, at: this.#clock.now() });
  }

  get(name: string): T | undefined {
    const held = this.#store.get(name);
    const written = this.#written.get(name);
    if (written === undefined) return held;
    const isDue = this.#clock.now() - written.at < PATIENCE;
    if (held !== undefined && isDue && isNewer(written.object, held)) return written.object;
    this.#written.delete(name);
    return held;
  }
}

/** Resource versions of one collection are comparable: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions */
function isNewer({ metadata: a }: KubernetesObject, { metadata: b }: KubernetesObject): boolean {
  return a.uid === b.uid && Number(a.resourceVersion) > Number(b.resourceVersion);
}
