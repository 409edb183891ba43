/**
 * An API server in memory, with as much of the real one as the controller leans on: resource versions, uids, generations,
 * finalizers, conditions that are held by who applied them, watches. What it refuses beside conflicts, a test says.
 * Validation, admission and the holding of single fields it does not have: test/servers/controller has them.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Follow } from '../../../src/cluster/singles.ts';
import { ApiError, type Api, type ApplyOptions, type Selectors } from '../../../src/kubernetes/api.ts';
import type { KubernetesObject, Resource } from '../../../src/kubernetes/objects.ts';
import type { ObjectStore } from '../../../src/kubernetes/store.ts';

interface Stored extends KubernetesObject {
  spec?: Record<string, unknown>;
  status?: { conditions?: { type: string }[] };
}

interface Watcher {
  readonly resource: Resource;
  readonly selects: (object: Stored) => boolean;
  readonly changed: (key: string, object: Stored | undefined) => void;
}

export class MemoryServer {
  /** `VERB PLURAL/KEY`, in order. */
  readonly requests: string[] = [];
  /** Refuses a request, by throwing; told the verb and the object's path. */
  refuse: (request: string) => void = () => undefined;
  /** How long a merge patch takes. */
  pause: () => Promise<void> = () => Promise.resolve();
  readonly #objects = new Map<string, Stored>();
  /** By path and manager: types of conditions. */
  readonly #held = new Map<string, Set<string>>();
  readonly #watchers = new Set<Watcher>();
  #version = 100;

  readonly api: Api = {
    get: async (resource, name) => this.#read('get', resource, name) as never,
    list: async (resource) => this.#listed(resource) as never,
    create: async (resource, object) => this.#create(resource, object) as never,
    replace: async () => {
      throw new Error('the controller replaces nothing');
    },
    apply: async (resource, object, options) => this.#apply(resource, object, options) as never,
    merge: async (resource, name, patch) => {
      await this.pause();
      return this.#merge(resource, name, patch) as never;
    },
    delete: async (resource, name, preconditions) => this.#delete(resource, name, preconditions?.uid),
  };

  readonly follow: Follow = <T extends KubernetesObject>(
    { resource, selectors, onChange }: Parameters<Follow>[0],
    signal: AbortSignal,
  ) => {
    const copy = new Map<string, Stored>();
    const watcher: Watcher = {
      resource,
      selects: (object) => isSelected(selectors ?? {}, object),
      changed: (key, object) => {
        if (object === undefined && !copy.delete(key)) return;
        if (object !== undefined) copy.set(key, object);
        onChange(key);
      },
    };
    this.#watchers.add(watcher);
    signal.addEventListener('abort', () => this.#watchers.delete(watcher));
    for (const object of this.#listed(resource).filter(watcher.selects)) copy.set(keyOf(object), object);
    queueMicrotask(() => [...copy.keys()].forEach(onChange));
    const store: ObjectStore<T> = {
      hasSynced: true,
      synced: () => Promise.resolve(),
      get: (key) => copy.get(key) as T | undefined,
      list: () => [...copy.values()] as unknown as T[],
    };
    return store;
  };

  /** As an administrator would; no request. */
  put(resource: Resource, object: object): void {
    const given = object as Stored;
    const path = pathOf(resource, given.metadata.name);
    const before = this.#objects.get(path);
    this.#store(resource, { ...before, ...given, metadata: { ...before?.metadata, ...given.metadata } });
  }

  read(resource: Resource, name: string): KubernetesObject | undefined {
    return this.#objects.get(pathOf(resource, name));
  }

  all(resource: Resource): KubernetesObject[] {
    return this.#listed(resource);
  }

  /** As `kubectl delete`: at once, or marked while there are finalizers. */
  remove(resource: Resource, name: string): void {
    this.#remove(resource, name);
  }

  #read(verb: string, resource: Resource, name: string): Stored | undefined {
    this.#request(verb, resource, name);
    return this.#objects.get(pathOf(resource, name));
  }

  #listed(resource: Resource): Stored[] {
    const collection = `${resource.plural}/${resource.namespace === undefined ? '' : `${resource.namespace}/`}`;
    return [...this.#objects].filter(([path]) => path.startsWith(collection)).map(([, object]) => object);
  }

  #create(resource: Resource, object: KubernetesObject): Stored {
    this.#request('create', resource, object.metadata.name);
    if (this.#objects.has(pathOf(resource, object.metadata.name))) throw refusal(409, 'AlreadyExists');
    return this.#store(resource, object);
  }

  #apply(resource: Resource, object: KubernetesObject, { fieldManager, subresource }: ApplyOptions): Stored {
    const { name, uid, resourceVersion } = object.metadata;
    this.#request(subresource === 'status' ? 'apply-status' : 'apply', resource, name);
    const path = pathOf(resource, name);
    const before = this.#objects.get(path);
    if (before === undefined && (uid !== undefined || subresource))
      throw refusal(uid ? 409 : 404, 'NotFound');
    if (before !== undefined) this.#check(before, uid, resourceVersion);
    const given = object as Stored;
    if (subresource !== 'status') {
      return this.#store(resource, {
        ...before,
        ...given,
        metadata: { ...before?.metadata, ...given.metadata },
      });
    }
    const applied = given.status?.conditions ?? [];
    const kept = this.#hold(path, fieldManager, applied);
    const others = (before?.status?.conditions ?? []).filter(
      ({ type }) => kept(type) && !applied.some((condition) => condition.type === type),
    );
    return this.#store(resource, {
      ...before!,
      status: { ...before?.status, conditions: [...others, ...applied] },
    });
  }

  /** Notes who holds what; whether a condition stays that this manager leaves out. */
  #hold(path: string, manager: string, applied: readonly { type: string }[]): (type: string) => boolean {
    const mine = this.#held.get(`${path} ${manager}`) ?? new Set();
    this.#held.set(`${path} ${manager}`, new Set(applied.map(({ type }) => type)));
    const others = [...this.#held].filter(([key]) => key.startsWith(`${path} `));
    return (type) => !mine.has(type) || others.some(([, types]) => types.has(type));
  }

  #merge(resource: Resource, name: string, patch: object): Stored {
    this.#request('merge', resource, name);
    const before = this.#objects.get(pathOf(resource, name));
    if (before === undefined) throw refusal(404, 'NotFound');
    const { metadata = {}, spec } = patch as Partial<Stored>;
    this.#check(
      before,
      (metadata as { uid?: string }).uid,
      (metadata as { resourceVersion?: string }).resourceVersion,
    );
    return this.#store(resource, {
      ...before,
      metadata: { ...before.metadata, ...metadata },
      ...(spec === undefined ? {} : { spec: { ...before.spec, ...spec } }),
    });
  }

  #delete(resource: Resource, name: string, uid: string | undefined): void {
    const before = this.#read('delete', resource, name);
    if (before === undefined) return;
    this.#check(before, uid, undefined);
    this.#remove(resource, name);
  }

  #remove(resource: Resource, name: string): void {
    const before = this.#objects.get(pathOf(resource, name));
    if (before === undefined) return;
    const { generation = 1 } = before.metadata;
    const metadata = {
      ...before.metadata,
      deletionTimestamp: '2026-02-01T00:00:00Z',
      generation: generation + 1,
    };
    this.#store(resource, { ...before, metadata });
  }

  #check({ metadata }: Stored, uid: string | undefined, resourceVersion: string | undefined): void {
    const isOther = uid !== undefined && uid !== metadata.uid;
    if (isOther || (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion))
      throw refusal(409, 'Conflict');
  }

  /** A change of nothing keeps its resource version; an object that waits for no finalizer any more is gone. */
  #store(resource: Resource, object: Stored): Stored {
    const path = pathOf(resource, object.metadata.name);
    const before = this.#objects.get(path);
    if (before !== undefined && isDeepStrictEqual(before, object)) return before;
    const isSpecChanged = !isDeepStrictEqual(before?.spec, object.spec);
    const { generation = 0, uid = `uid-${++this.#version}` } = object.metadata;
    const stored: Stored = {
      ...object,
      kind: resource.kind,
      metadata: {
        creationTimestamp: '2026-01-01T00:00:00Z',
        ...object.metadata,
        ...(resource.namespace === undefined ? {} : { namespace: resource.namespace }),
        uid,
        generation: isSpecChanged || generation === 0 ? generation + 1 : generation,
        resourceVersion: String(++this.#version),
      },
    };
    const { deletionTimestamp, finalizers = [] } = stored.metadata;
    const isGone = deletionTimestamp !== undefined && finalizers.length === 0;
    if (isGone) this.#objects.delete(path);
    else this.#objects.set(path, stored);
    this.#announce(resource, stored, isGone);
    return stored;
  }

  #announce(resource: Resource, object: Stored, isGone: boolean): void {
    for (const { resource: watched, selects, changed } of this.#watchers) {
      if (!isWithin(watched, resource)) continue;
      const seen = !isGone && selects(object) ? object : undefined;
      queueMicrotask(() => changed(keyOf(object), seen));
    }
  }

  #request(verb: string, resource: Resource, name: string): void {
    const request = `${verb} ${pathOf(resource, name)}`;
    this.requests.push(request);
    this.refuse(request);
  }
}

function refusal(status: number, reason: string): ApiError {
  return new ApiError(reason, { status, reason });
}

function pathOf({ plural, namespace }: Resource, name: string): string {
  return namespace === undefined ? `${plural}/${name}` : `${plural}/${namespace}/${name}`;
}

function keyOf({ metadata: { name, namespace } }: Stored): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** Whether a collection holds the objects of another: itself, and a namespace's if it is of all of them. */
function isWithin(collection: Resource, other: Resource): boolean {
  const isWide = collection.namespace === undefined || collection.namespace === other.namespace;
  return collection.plural === other.plural && isWide;
}

function isSelected({ fieldSelector, labelSelector }: Selectors, { metadata }: Stored): boolean {
  const [label, value] = labelSelector?.split('=') ?? [];
  const name = fieldSelector?.replace('metadata.name=', '') ?? metadata.name;
  return name === metadata.name && (label === undefined || metadata.labels?.[label] === value);
}
