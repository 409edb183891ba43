/** A cluster of many machines and users, all as they are when nothing is left to do. */
import { mergeConditions } from '../../src/api/conditions.ts';
import { OFFBOARD_FINALIZER, SYSTEM_NAMESPACE } from '../../src/api/marks.ts';
import { API_VERSION } from '../../src/api/user.ts';
import type { Api } from '../../src/kubernetes/api.ts';
import { leasesOf, microTime } from '../../src/kubernetes/leases.ts';
import { USERS, WORKSTATIONS } from '../../src/source/cluster/resources.ts';

/** Users of one machine. */
export const CREW = 100;

export const machineName = (index: number) => `m${String(index).padStart(3, '0')}`;
export const userName = (index: number) => `u${String(index).padStart(5, '0')}`;

/** Requests at a time: more than one API server on a few cores does sooner. */
const LANES = 16;

export async function populate(api: Api, users: number): Promise<void> {
  const machines = Math.ceil(users / CREW);
  await inLanes(machines, (index) => createMachine(api, machineName(index)));
  await inLanes(users, (index) => createUser(api, index));
}

async function createMachine(api: Api, name: string): Promise<void> {
  await api.create(WORKSTATIONS, { ...kindOf('Workstation'), metadata: { name }, spec: {} } as never);
  // An agent that lives for as long as anybody looks.
  const spec = { holderIdentity: name, leaseDurationSeconds: 36_000, renewTime: microTime(Date.now()) };
  const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name }, spec };
  await api.create(leasesOf(SYSTEM_NAMESPACE), lease);
}

async function createUser(api: Api, index: number): Promise<void> {
  const name = userName(index);
  const spec = {
    workstation: machineName(Math.floor(index / CREW)),
    authentikUser: `${name}@example.org`,
    k8sUser: name,
    tier: index % 5 === 0 ? 'admin' : 'power-user',
  };
  const metadata = { name, finalizers: [OFFBOARD_FINALIZER] };
  await api.create(USERS, { ...kindOf('WorkstationUser'), metadata, spec } as never);
  await api.merge(USERS, name, { status: statusOf(name, index) }, { subresource: 'status' });
}

const TYPES = [
  'AccountReady', 'CodeReady', 'CodeFresh', 'FilesReady', 'CommandsReady', 'KubeconfigReady', 'SecretsReady',
  'ServicesReady', 'Ready',
] as const; // prettier-ignore

/** As agent and controller leave it. */
function statusOf(osUser: string, index: number): object {
  const good = TYPES.map((type) => ({ type, status: 'True', reason: 'Ready', message: '' }) as const);
  const accepted = { type: 'Accepted', status: 'True', reason: 'Accepted', message: ACCEPTED } as const;
  return {
    observedGeneration: 1,
    osUser,
    uid: 10_000 + index,
    ports: { t3: 3773 + (index % CREW), playwright: 8931 + (index % CREW) },
    conditions: mergeConditions([], [accepted, ...good], new Date(), 1),
  };
}

const ACCEPTED = 'nothing contradicts the spec';

const kindOf = (kind: string) => ({ apiVersion: API_VERSION, kind });

async function inLanes(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}
