import { ApiError } from '../../../src/kubernetes/api.ts';
import type { Api } from '../../../src/kubernetes/api.ts';
import type { KubernetesObject, Resource } from '../../../src/kubernetes/objects.ts';

/** An API server of a few objects in memory, with versions and conflicts, which a test can take away. */
export class MemoryApi implements Api {
  readonly objects = new Map<string, KubernetesObject>();
  /** `VERB NAME` of each request. */
  readonly requests: string[] = [];
  /** What every request is refused with, or `hang`. */
  trouble: ApiError | 'hang' | undefined;
  #version = 0;

  get<T extends KubernetesObject>(_: Resource, name: string): Promise<T | undefined> {
    return this.#serve('get', name, () => this.objects.get(name) as T | undefined);
  }

  list<T extends KubernetesObject>(): Promise<T[]> {
    return this.#serve('list', '', () => [...this.objects.values()] as T[]);
  }

  create<T extends KubernetesObject>(_: Resource, object: T): Promise<T> {
    const { name } = object.metadata;
    return this.#serve('create', name, () => {
      if (this.objects.has(name)) throw new ApiError('create it: it is there', { status: 409 });
      return this.#store(object);
    });
  }

  replace<T extends KubernetesObject>(_: Resource, object: T): Promise<T> {
    const { name, resourceVersion } = object.metadata;
    return this.#serve('replace', name, () => {
      const found = this.#found(name);
      if (resourceVersion !== undefined && resourceVersion !== found.metadata.resourceVersion) {
        throw new ApiError('replace it: somebody was quicker', { status: 409, reason: 'Conflict' });
      }
      return this.#store(object);
    });
  }

  merge<T extends KubernetesObject>(_: Resource, name: string, patch: object): Promise<T> {
    return this.#serve('merge', name, () => this.#store({ ...this.#found(name), ...patch }) as T);
  }

  apply(): never {
    throw new Error('not staged');
  }

  delete(_: Resource, name: string): Promise<void> {
    return this.#serve('delete', name, () => void this.objects.delete(name));
  }

  #found(name: string): KubernetesObject {
    const found = this.objects.get(name);
    if (found === undefined) throw new ApiError('change it: it is gone', { status: 404, reason: 'NotFound' });
    return found;
  }

  #store<T extends KubernetesObject>(object: T): T {
    const metadata = { ...object.metadata, resourceVersion: String(++this.#version) };
    this.objects.set(metadata.name, { ...object, metadata });
    return { ...object, metadata };
  }

  async #serve<R>(verb: string, name: string, work: () => R): Promise<R> {
    this.requests.push(`${verb} ${name}`);
    if (this.trouble === 'hang') return new Promise(() => undefined);
    if (this.trouble !== undefined) throw this.trouble;
    return work();
  }
}
