/** `status` over an API server: one screen for each machine, from the objects that its agent and the controller keep. */
import { agentLease, SYSTEM_NAMESPACE } from '../../api/marks.ts';
import { API_VERSION } from '../../api/user.ts';
import { ApiError } from '../../kubernetes/api.ts';
import type { Connection } from '../../kubernetes/connect.ts';
import { leasesOf, type Lease } from '../../kubernetes/leases.ts';
import type { RecordedUser } from '../../report/record.ts';
import { isReady } from '../../report/update.ts';
import { USERS, WORKSTATIONS, type AnyObject } from '../../source/cluster/resources.ts';
import type { Io } from '../io.ts';
import { printDistance } from '../print/duration.ts';
import { printScreen, type Screen } from '../print/status.ts';
import { printStructured, type Structure } from '../print/structured.ts';
import { chooseStyle } from '../print/style.ts';
import { asking, workstationOf } from './cluster.ts';
import type { RemoteOptions } from './detect.ts';
import { eventsOf, lastTime } from './events.ts';

interface Seen {
  /** Absent for people whom nobody has placed. */
  readonly workstation?: AnyObject;
  readonly lease?: Lease;
  readonly users: readonly AnyObject[];
}

const SHOWN_WITHIN_NAMESPACE = leasesOf(SYSTEM_NAMESPACE);

export function status(
  io: Io,
  name: string | undefined,
  { output, ...options }: RemoteOptions & { readonly output?: Structure },
): Promise<number> {
  return asking(io, options, async (connection) => {
    const seen = await look(connection, name);
    const changes = await lastChanges(connection);
    if (output !== undefined) io.out(printStructured({ items: seen }, output));
    else io.out(screens(seen, changes, connection.server, io));
    return seen.every(isWell) ? 0 : 1;
  });
}

/** One machine, or all of them, and whoever is on none. */
async function look(connection: Connection, name: string | undefined): Promise<Seen[]> {
  const { api } = connection;
  const workstations =
    name === undefined
      ? await api.list<AnyObject>(WORKSTATIONS)
      : [await workstationOf(connection, 'show the status', name)];
  const users = await api.list<AnyObject>(
    USERS,
    name === undefined ? {} : { fieldSelector: `spec.workstation=${name}` },
  );
  const seen = await Promise.all(
    workstations.map(async (workstation): Promise<Seen> => {
      const machine = workstation.metadata.name;
      const lease = await unlessForbidden(api.get<Lease>(SHOWN_WITHIN_NAMESPACE, agentLease(machine)));
      const own = users.filter(({ spec }) => spec?.['workstation'] === machine);
      return { workstation, users: own, ...(lease === undefined ? {} : { lease }) };
    }),
  );
  const names = new Set<unknown>(workstations.map(({ metadata }) => metadata.name));
  const others = users.filter(({ spec }) => !names.has(spec?.['workstation']));
  return others.length === 0 ? seen : [...seen, { users: others }];
}

/** When something was last done for each user, RFC 3339, as far as Events go back and may be read. */
async function lastChanges(connection: Connection): Promise<ReadonlyMap<string, string>> {
  const events = (await unlessForbidden(eventsOf(connection))) ?? [];
  return new Map(
    events.filter(({ type }) => type === 'Normal').map((event) => [event.regarding.name, lastTime(event)]),
  );
}

async function unlessForbidden<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return undefined;
    throw error;
  }
}

function screens(
  seen: readonly Seen[],
  changes: ReadonlyMap<string, string>,
  server: string,
  io: Io,
): string {
  const style = chooseStyle(io.isTerminal, io.env);
  if (seen.length === 0) return `${server} has no Workstation\n`;
  return seen.map((one) => printScreen(screenOf(one, changes, server, io.now()), io.now(), style)).join('\n');
}

function screenOf(
  { workstation, lease, users }: Seen,
  changes: ReadonlyMap<string, string>,
  server: string,
  now: Date,
): Screen {
  const version = (workstation?.status?.['versions'] as { readonly agent?: string } | undefined)?.agent;
  const heard = lease?.spec?.renewTime;
  const agent = [
    ...(version === undefined ? [] : [`workstation ${version}`]),
    heard === undefined ? 'not heard of' : `heard of ${printDistance(heard, now)}`,
  ].join(', ');
  return {
    machine: workstation?.metadata.name,
    about: [...(workstation === undefined ? [] : [['Agent', agent] as const]), ['Server', server]],
    notices: noticesOf(workstation),
    users: users.map((user) => {
      const lastChange = changes.get(user.metadata.name);
      return { user: recorded(user), isBusy: false, ...(lastChange === undefined ? {} : { lastChange }) };
    }),
    departed: {},
  };
}

/** What is not as it should be, as the machine says; its users stand in the table. */
function noticesOf(workstation: AnyObject | undefined): string[] {
  const conditions = workstation?.status?.conditions ?? [];
  return conditions.flatMap(({ type, status, reason, message }) => {
    if (type === 'RemovalsPaused' && status === 'True')
      return [
        `removals are held: ${message}; kubectl workstation approve ${workstation?.metadata.name} lets them go`,
      ];
    const isLost = type === 'Ready' && status === 'Unknown';
    const isBad = type !== 'Ready' && type !== 'RemovalsPaused' && status === 'False';
    return isLost || isBad ? [`${reason}: ${message}`] : [];
  });
}

/** As a pass records users; of one that nobody has looked at yet nothing is known. */
function recorded({ metadata, spec = {}, status }: AnyObject): RecordedUser {
  const { name, generation = 1, creationTimestamp = '' } = metadata;
  return {
    apiVersion: API_VERSION,
    kind: 'WorkstationUser',
    metadata: { name, generation, creationTimestamp },
    spec,
    status: { observedGeneration: 0, osUser: name, ports: {}, conditions: [], ...status },
  };
}

function isWell({ workstation, users }: Seen): boolean {
  const isSo = (object: AnyObject): boolean => isReady(object.status?.conditions ?? []);
  return workstation !== undefined && isSo(workstation) && users.every(isSo);
}
