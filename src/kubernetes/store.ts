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
