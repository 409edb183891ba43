/**
 * Users as they change: one JSON object a line, as the watch of the Kubernetes API. A reader who is slower than the changes
 * hears of each user's newest state only; so what waits for one is never more than one event a user.
 */
import type { AgentView, WatchEvent } from '../../agent/view.ts';
import type { SetTimer } from '../../telemetry/timer.ts';
import { begin, Outlet } from '../outlet.ts';
import type { Call } from '../route.ts';

/** @param only metadata.name of the one whom it is about, or everybody */
export function watchUsers(view: AgentView, { response }: Call, setTimer: SetTimer, only?: string): void {
  const pending = new Map<string, WatchEvent>();
  if (!begin(response, 'application/x-ndjson; charset=utf-8')) return;
  const outlet = new Outlet(response, setTimer, flush, () => unsubscribe());
  let isTold = false;
  const unsubscribe = view.watch((event) => {
    const { name } = event.object.metadata;
    if (only !== undefined && name !== only) return;
    fold(pending, name, event);
    // Whoever is known now is told in one go, once the reader has room.
    if (isTold) flush();
  });
  isTold = true;
  flush();

  function flush(): void {
    for (const [name, event] of pending) {
      if (!outlet.hasRoom) return;
      pending.delete(name);
      outlet.write(`${JSON.stringify(event)}\n`);
    }
  }
}

/** What one event says after another one that was not told. */
export function fold(pending: Map<string, WatchEvent>, name: string, event: WatchEvent): void {
  const before = pending.get(name)?.type;
  if (before === 'ADDED' && event.type === 'DELETED') pending.delete(name);
  else if (before === 'ADDED') pending.set(name, { ...event, type: 'ADDED' });
  else if (before === 'DELETED' && event.type === 'ADDED') pending.set(name, { ...event, type: 'MODIFIED' });
  else pending.set(name, event);
}
