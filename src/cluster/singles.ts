/** Single objects that others refer to, each kept true by a watch of its own for as long as anybody refers to it. */
import type { Selectors } from '../kubernetes/api.ts';
import type { KubernetesObject, Resource } from '../kubernetes/objects.ts';
import type { ObjectStore } from '../kubernetes/store.ts';

/** Keeps a copy of a collection until `signal` fires. */
export type Follow = <T extends KubernetesObject>(
  followed: {
    readonly resource: Resource;
    readonly selectors?: Selectors;
    readonly onChange: (key: string) => void;
  },
  signal: AbortSignal,
) => ObjectStore<T>;

/** One object of a collection. */
export interface Reference {
  readonly resource: Resource;
  readonly name: string;
}

export type Single<T> =
  /** Not known yet, or not allowed to be. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'present'; readonly object: T };

interface Following {
  readonly store: ObjectStore<KubernetesObject>;
  readonly stop: AbortController;
}

export class Singles {
  readonly #follow: Follow;
  readonly #onChange: (reference: Reference) => void;
  readonly #signal: AbortSignal;
  readonly #following = new Map<string, Following>();

  /** @param signal ends them all */
  constructor(follow: Follow, onChange: (reference: Reference) => void, signal: AbortSignal) {
    this.#follow = follow;
    this.#onChange = onChange;
    this.#signal = signal;
  }

  /** From now on these are followed, and no others. */
  want(references: readonly Reference[]): void {
    const wanted = new Map(references.map((reference) => [idOf(reference), reference]));
    for (const [id, { stop }] of this.#following) {
      if (wanted.has(id)) continue;
      stop.abort();
      this.#following.delete(id);
    }
    for (const [id, reference] of wanted) {
      if (!this.#following.has(id)) this.#following.set(id, this.#begin(reference));
    }
  }

  get<T extends KubernetesObject>(reference: Reference): Single<T> {
    const store = this.#following.get(idOf(reference))?.store;
    if (store === undefined || !store.hasSynced) return { kind: 'unknown' };
    const [object] = store.list();
    return object === undefined ? { kind: 'absent' } : { kind: 'present', object: object as T };
  }

  #begin(reference: Reference): Following {
    const stop = new AbortController();
    const { resource, name } = reference;
    const selectors = { fieldSelector: `metadata.name=${name}` };
    const signal = AbortSignal.any([this.#signal, stop.signal]);
    const onChange = () => this.#onChange(reference);
    const store = this.#follow({ resource, selectors, onChange }, signal);
    // That there is none is news too, and no change tells it.
    store.synced(signal).then(onChange, () => undefined);
    return { store, stop };
  }
}

function idOf({ resource, name }: Reference): string {
  return [resource.group, resource.plural, resource.namespace ?? '', name].join('/');
}
