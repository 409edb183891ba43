/** Who has a socket of their own: everybody who is known and has an account. */
import type { AgentView, WatchEvent } from '../agent/view.ts';
import type { RecordedUser } from '../report/record.ts';
import type { PeopleDoors, Served } from './doors/people.ts';

/** Keeps the doors in step with who is known, until the returned function is called. */
export function followPeople(view: AgentView, doors: PeopleDoors): () => void {
  const users = new Map<string, RecordedUser>();
  let isDue = false;
  let isStopped = false;
  const unsubscribe = view.watch((event) => {
    const isSame = !changes(users.get(event.object.metadata.name), event);
    if (event.type === 'DELETED') users.delete(event.object.metadata.name);
    else users.set(event.object.metadata.name, event.object);
    if (isDue || (isSame && doors.isComplete)) return;
    // Many come at once: at the start, or when a roster changes.
    isDue = true;
    setImmediate(() => {
      isDue = false;
      if (!isStopped) void doors.serve(servedOf([...users.values()]));
    });
  });
  return () => {
    isStopped = true;
    unsubscribe();
  };
}

function changes(before: RecordedUser | undefined, { type, object: { status } }: WatchEvent): boolean {
  return type === 'DELETED' || before?.status.uid !== status.uid || before?.status.osUser !== status.osUser;
}

/** Where two claim one account, it is the older one's. */
export function servedOf(users: readonly RecordedUser[]): readonly Served[] {
  const byAge = users.toSorted(({ metadata: a }, { metadata: b }) => {
    const [one, other] = [`${a.creationTimestamp} ${a.name}`, `${b.creationTimestamp} ${b.name}`];
    return one < other ? -1 : 1;
  });
  const served = new Map<string, Served>();
  for (const { metadata, status } of byAge) {
    const { osUser, uid } = status;
    if (uid !== undefined && !served.has(osUser)) served.set(osUser, { name: metadata.name, osUser, uid });
  }
  return [...served.values()];
}
