/** What happened to objects, as Events of events.k8s.io/v1 tell it. */
import type { Connection } from '../../kubernetes/connect.ts';
import { eventsFor, type KubernetesEvent } from '../../kubernetes/happening.ts';
import type { Resource } from '../../kubernetes/objects.ts';
import { USERS } from '../../source/cluster/resources.ts';

/** Where those of what has no namespace are. */
export const EVENTS: Resource = eventsFor({ apiVersion: '', kind: '', name: '' });

/** Of all users, or of one. The server has them for an hour or so, as it is set up. */
export function selectorOf(user?: string): string {
  return [`regarding.kind=${USERS.kind}`, ...(user === undefined ? [] : [`regarding.name=${user}`])].join(
    ',',
  );
}

export async function eventsOf({ api }: Connection, user?: string): Promise<KubernetesEvent[]> {
  const events = await api.list<KubernetesEvent>(EVENTS, { fieldSelector: selectorOf(user) });
  return events.sort((a, b) => Date.parse(lastTime(a)) - Date.parse(lastTime(b)));
}

/** RFC 3339: when it happened, the last time where that was more than once. */
export function lastTime({ series, eventTime, metadata }: KubernetesEvent): string {
  return series?.lastObservedTime ?? eventTime ?? metadata.creationTimestamp ?? '';
}
