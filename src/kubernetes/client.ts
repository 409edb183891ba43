/** The requests of api.ts over a transport. */
import { ApiError } from './api.ts';
import type { Api, ApplyOptions, Selectors } from './api.ts';
import { listAll, tidied } from './listing.ts';
import type { KubernetesObject, Resource } from './objects.ts';
import { pathOf } from './paths.ts';
import type { ApiRequest, Transport } from './transport.ts';

export class Client implements Api {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async get<T extends KubernetesObject>(resource: Resource, name: string): Promise<T | undefined> {
    try {
      return await this.#ask<T>(resource, { attempt: 'read', method: 'GET', name });
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  async list<T extends KubernetesObject>(resource: Resource, selectors: Selectors = {}): Promise<T[]> {
    return (await listAll<T>(this.#transport, resource, selectors)).items;
  }

  create<T extends KubernetesObject>(resource: Resource, object: T): Promise<T> {
    const { name } = object.metadata;
    return this.#ask(resource, { attempt: 'create', method: 'POST', name, isNew: true, body: object });
  }

  replace<T extends KubernetesObject>(resource: Resource, object: T): Promise<T> {
    const { name } = object.metadata;
    return this.#ask(resource, { attempt: 'replace', method: 'PUT', name, body: object });
  }

  apply<T extends KubernetesObject>(
    resource: Resource,
    object: KubernetesObject,
    { fieldManager, force, subresource }: ApplyOptions,
  ): Promise<T> {
    return this.#ask(resource, {
      attempt: 'apply',
      method: 'PATCH',
      name: object.metadata.name,
      subresource,
      query: { fieldManager, force },
      body: object,
      contentType: 'application/apply-patch+yaml',
    });
  }

  merge<T extends KubernetesObject>(
    resource: Resource,
    name: string,
    patch: object,
    { subresource }: { readonly subresource?: 'status' } = {},
  ): Promise<T> {
    return this.#ask(resource, {
      attempt: 'patch',
      method: 'PATCH',
      name,
      subresource,
      body: patch,
      contentType: 'application/merge-patch+json',
    });
  }

  async delete(resource: Resource, name: string, preconditions?: { readonly uid?: string }): Promise<void> {
    const body = preconditions && { body: { kind: 'DeleteOptions', apiVersion: 'v1', preconditions } };
    try {
      await this.#ask(resource, { attempt: 'delete', method: 'DELETE', name, ...body });
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
  }

  async #ask<T extends KubernetesObject>(resource: Resource, about: About): Promise<T> {
    const { attempt, name, subresource, isNew = false, ...request } = about;
    const object = `${resource.kind} ${name}`;
    const answer = await this.#transport.request({
      ...request,
      attempt: `${attempt} ${subresource === undefined ? object : `the ${subresource} of ${object}`}`,
      path: pathOf(resource, isNew ? undefined : name, subresource),
    });
    return tidied(answer as T, resource);
  }
}

interface About extends Pick<ApiRequest, 'attempt' | 'method' | 'query' | 'body' | 'contentType'> {
  readonly name: string;
  readonly subresource?: 'status' | undefined;
  /** Goes to the collection, since the object has no address yet. */
  readonly isNew?: boolean;
}

/** The object, and not its whole kind: where a resource definition is missing, nothing is known of its objects. */
function isAbsent(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404 && error.reason === 'NotFound';
}
