/** A whole collection, page by page: https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks */
import { ApiError } from './api.ts';
import type { Selectors } from './api.ts';
import type { KubernetesObject, Resource } from './objects.ts';
import { apiVersionOf, pathOf } from './paths.ts';
import type { ApiRequest, Transport } from './transport.ts';

export interface Listing<T> {
  readonly items: T[];
  /** Where a watch goes on from. */
  readonly resourceVersion: string;
}

interface Page<T> {
  readonly items?: T[];
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
}

/** client-go's. */
const PAGE = 500;
/** After so many lists that took longer than the server keeps what they began with, one without pages is asked for. */
const PAGED_LISTS = 2;

/** Complete, and no older than the moment it is asked for. */
export async function listAll<T extends KubernetesObject>(
  transport: Transport,
  resource: Resource,
  selectors: Selectors,
  signal?: AbortSignal,
): Promise<Listing<T>> {
  for (let lists = 1; ; lists++) {
    try {
      const size = lists > PAGED_LISTS ? undefined : PAGE;
      return await listPages<T>(transport, resource, { ...selectors, limit: size }, signal);
    } catch (error) {
      if (!isExpired(error) || lists > PAGED_LISTS) throw error;
    }
  }
}

/** Of the whole collection, now. */
export async function currentVersion(
  transport: Transport,
  resource: Resource,
  selectors: Selectors,
  signal?: AbortSignal,
): Promise<string> {
  const { metadata } = await pageOf(transport, resource, { ...selectors, limit: 1 }, signal);
  return metadata.resourceVersion;
}

/** What a list or watch began with is gone: it must begin anew. */
export function isExpired(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 410 || error.reason === 'Expired');
}

async function listPages<T extends KubernetesObject>(
  transport: Transport,
  resource: Resource,
  query: Selectors & { readonly limit: number | undefined },
  signal?: AbortSignal,
): Promise<Listing<T>> {
  const items: T[] = [];
  let next: string | undefined;
  for (;;) {
    const page = await pageOf<T>(transport, resource, { ...query, continue: next }, signal);
    for (const item of page.items ?? []) items.push(tidied(item, resource));
    next = page.metadata.continue;
    if (!next) return { items, resourceVersion: page.metadata.resourceVersion };
  }
}

async function pageOf<T>(
  transport: Transport,
  resource: Resource,
  query: NonNullable<ApiRequest['query']>,
  signal?: AbortSignal,
): Promise<Page<T>> {
  const request = {
    attempt: `list ${resource.plural}`,
    method: 'GET',
    path: pathOf(resource),
    query,
  } as const;
  return (await transport.request(request, signal)) as Page<T>;
}

/**
 * The object without its managedFields, which are half of its size and the server's business; with the kind that the
 * server leaves out of the items of a list. Changes the object.
 */
export function tidied<T extends KubernetesObject>(object: T, resource: Resource): T {
  delete (object.metadata as { managedFields?: unknown }).managedFields;
  return object.kind === undefined
    ? { apiVersion: apiVersionOf(resource), kind: resource.kind, ...object }
    : object;
}
