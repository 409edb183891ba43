/** `logs USER` over an API server: the Events of the user's object, oldest first; and where more is to be read. */
import { SYSTEM_NAMESPACE } from '../../api/marks.ts';
import { escapeControls } from '../../api/text/show.ts';
import { ApiError } from '../../kubernetes/api.ts';
import type { Connection } from '../../kubernetes/connect.ts';
import type { KubernetesEvent } from '../../kubernetes/happening.ts';
import type { Resource } from '../../kubernetes/objects.ts';
import { Reflector } from '../../kubernetes/reflector.ts';
import { USERS, type AnyObject } from '../../source/cluster/resources.ts';
import type { Io } from '../io.ts';
import type { LogsOptions } from '../logs.ts';
import { timeOf } from '../since.ts';
import { asking } from './cluster.ts';
import type { RemoteOptions } from './detect.ts';
import { EVENTS, eventsOf, lastTime, selectorOf } from './events.ts';

const PODS: Resource = { group: '', version: 'v1', plural: 'pods', kind: 'Pod', namespace: SYSTEM_NAMESPACE };

export function logs(io: Io, user: string, options: LogsOptions & RemoteOptions): Promise<number> {
  const { since, lines = Infinity, follow = false } = options;
  const from = since === undefined ? -Infinity : timeOf(since, io.now()).getTime();
  return asking(io, options, async (connection) => {
    const events = await eventsOf(connection, user);
    const object = await connection.api.get<AnyObject>(USERS, user);
    if (object === undefined && events.length === 0) {
      throw new Error(`show the log of ${user}: there is no WorkstationUser ${user}: see kubectl get wsu`);
    }
    const shown = events.filter((event) => Date.parse(lastTime(event)) >= from);
    for (const event of shown.slice(Math.max(0, shown.length - lines))) io.out(lineOf(event));
    if (object !== undefined) io.err(`${await moreOf(connection, object)}\n`);
    if (follow) await followed(io, connection, user, events);
    return 0;
  });
}

function lineOf(event: KubernetesEvent): string {
  const { type, reason, note, series } = event;
  const times = series === undefined ? '' : ` (${series.count} times)`;
  const time = lastTime(event).replace(/\.\d+Z$/, 'Z');
  return `${time}  ${type.padEnd(7)}  ${escapeControls(`${reason}: ${note}${times}`)}\n`;
}

/** Until somebody interrupts it. */
async function followed(
  io: Io,
  { transport }: Connection,
  user: string,
  shown: readonly KubernetesEvent[],
): Promise<void> {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());
  const told = new Map(shown.map((event) => [event.metadata.name, event.series?.count]));
  const reflector: Reflector<KubernetesEvent> = new Reflector<KubernetesEvent>({
    transport,
    resource: EVENTS,
    selectors: { fieldSelector: selectorOf(user) },
    onChange(key) {
      const event = reflector.get(key);
      if (event === undefined) return;
      const { name } = event.metadata;
      if (told.has(name) && told.get(name) === event.series?.count) return;
      told.set(name, event.series?.count);
      io.out(lineOf(event));
    },
    onTrouble: (trouble) => trouble && io.err(`warning: ${trouble.message}\n`),
  });
  await reflector.run(interruption.signal);
}

/** The agent's own log is on its machine; of a pod the API server can show it. */
async function moreOf({ api }: Connection, { spec }: AnyObject): Promise<string> {
  const machine = spec?.['workstation'];
  if (typeof machine !== 'string') return 'nobody works on this user yet: no machine is chosen';
  const journal = `the agent's log: on ${machine}, workstation logs`;
  try {
    const pods = await api.list(PODS, {
      labelSelector: 'app.kubernetes.io/component=agent',
      fieldSelector: `spec.nodeName=${machine}`,
    });
    const [pod] = pods;
    return pod === undefined
      ? journal
      : `the agent's log: kubectl logs -n ${SYSTEM_NAMESPACE} ${pod.metadata.name}`;
  } catch (error) {
    // Whoever may not see pods could not read their logs either.
    if (error instanceof ApiError && error.status === 403) return journal;
    throw error;
  }
}
