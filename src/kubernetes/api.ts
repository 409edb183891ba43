/** The requests this program makes of an API server. Loading what answers them is expensive, so callers import only this. */
import type { KubernetesObject, Resource } from './objects.ts';

export interface ApplyOptions {
  readonly fieldManager: string;
  /** Takes over fields that another manager has. */
  readonly force?: boolean;
  readonly subresource?: 'status';
}

export interface Selectors {
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
}

export interface Api {
  /** Undefined when there is no such object. */
  get<T extends KubernetesObject>(resource: Resource, name: string): Promise<T | undefined>;
  /** All of them, page by page. */
  list<T extends KubernetesObject>(resource: Resource, selectors?: Selectors): Promise<T[]>;
  create<T extends KubernetesObject>(resource: Resource, object: T): Promise<T>;
  /** PUT: with a resourceVersion in it, a conflict (409) when somebody was quicker. */
  replace<T extends KubernetesObject>(resource: Resource, object: T): Promise<T>;
  /** Server-side apply. */
  apply<T extends KubernetesObject>(
    resource: Resource,
    object: KubernetesObject,
    options: ApplyOptions,
  ): Promise<T>;
  /** JSON merge patch, RFC 7386; a resourceVersion in its metadata makes it conditional. */
  merge<T extends KubernetesObject>(
    resource: Resource,
    name: string,
    patch: object,
    options?: { readonly subresource?: 'status' },
  ): Promise<T>;
  /** Undefined when it was gone already. */
  delete(resource: Resource, name: string, preconditions?: { readonly uid?: string }): Promise<void>;
}

/** A request that the API server refused, or that did not reach it. */
export class ApiError extends Error {
  /** The HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** The `reason` of the Status object, e.g. AlreadyExists, Conflict, Expired; empty without one. */
  readonly reason: string;
  /** Milliseconds that the server asks to wait (Retry-After). */
  readonly retryAfter: number | undefined;

  constructor(
    message: string,
    facts: { status: number; reason?: string; retryAfter?: number | undefined; cause?: unknown },
  ) {
    super(message, { cause: facts.cause });
    this.name = 'ApiError';
    this.status = facts.status;
    this.reason = facts.reason ?? '';
    this.retryAfter = facts.retryAfter;
  }
}
