/** What a reflector holds: a copy of a collection, kept true by a watch. */
import type { KubernetesObject } from './objects.ts';

export interface ObjectStore<T extends KubernetesObject> {
  /** Whether the first list was complete; an object that is missing before that may exist. */
  readonly hasSynced: boolean;
  /** Resolves with the first complete list; rejects with the reason of `signal`. */
  synced(signal?: AbortSignal): Promise<void>;
  /** By name, or NAMESPACE/NAME. */
  get(key: string): T | undefined;
  list(): readonly T[];
}

export interface Dated {
  /** The newest resource version that this has been a copy of; undefined before the first list. */
  readonly version: string | undefined;
}

export interface Rewindable {
  /**
   * Somebody else has noticed that the history of the server was set back: all there is will be listed anew before a watch is
   * gone on from, and whoever is missing then departs by `rewind`.
   */
  setBack(): void;
}

/** What is known of objects that are here no more. */
export interface Departures<T extends KubernetesObject> {
  /**
   * How the object that last had this key left, until one with its uid is there again; also where another has taken its
   * place. Undefined when nothing is known of one, or it was long ago.
   */
  departed(key: string): Departure<T> | undefined;
}

/** None of these proves that an object was deleted: whoever must know asks the server for it. */
export interface Departure<T extends KubernetesObject> {
  /** As it was seen last: a deletionTimestamp and no finalizers in it say that it was on its way. */
  readonly last: T;
  /**
   * `event`: a watch said DELETED, which a watch with selectors also says of an object that matches no more.
   * `absence`: a complete list lacks it.
   * `replacement`: another object has its name.
   * `rewind`: a complete list lacks it, of a server whose history goes back behind what was seen already: etcd was restored
   * from an older snapshot, so that the absence says nothing of what people want.
   */
  readonly by: 'event' | 'absence' | 'replacement' | 'rewind';
}
