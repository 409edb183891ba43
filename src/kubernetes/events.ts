/** The events of one watch: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes */
import { ApiError } from './api.ts';
import type { KubernetesObject, Resource } from './objects.ts';
import { refusalOf } from './refusal.ts';
import type { Status } from './refusal.ts';
import { tidied } from './listing.ts';

export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  /** Nothing happened up to `resourceVersion`; the first one of a watch that sends what there is ends that. */
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string; readonly endsInitial: boolean };

/** @throws ApiError of an ERROR event, and of a line that is no event */
export function eventOf<T extends KubernetesObject>(
  attempt: string,
  resource: Resource,
  line: string,
): WatchEvent<T> {
  const { type, object } = parsed(attempt, line);
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type, object: tidied(object as T, resource) };
    case 'BOOKMARK':
      return bookmarkOf(object as Bookmark);
    case 'ERROR':
      throw refusalOf(attempt, object as Status, { status: (object as Status).code ?? 500 });
    default:
      throw strange(attempt);
  }
}

interface Bookmark {
  readonly metadata: {
    readonly resourceVersion: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

function bookmarkOf({ metadata: { resourceVersion, annotations } }: Bookmark) {
  const endsInitial = annotations?.['k8s.io/initial-events-end'] === 'true';
  return { type: 'BOOKMARK', resourceVersion, endsInitial } as const;
}

function parsed(attempt: string, line: string): { readonly type?: unknown; readonly object: unknown } {
  try {
    const event: unknown = JSON.parse(line);
    if (typeof event === 'object' && event !== null && 'object' in event) return event;
  } catch {
    // As strange as anything else that is no event.
  }
  throw strange(attempt);
}

function strange(attempt: string): ApiError {
  return new ApiError(
    `${attempt}: the answer holds a line that is no event: look at what stands before the API server`,
    {
      status: 200,
    },
  );
}
