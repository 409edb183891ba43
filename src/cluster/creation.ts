/** The world of a controller that has just begun: nothing known, everything followed. */
import type { Clock } from '../controller/clock.ts';
import type { Api } from '../kubernetes/api.ts';
import type { ObjectStore } from '../kubernetes/store.ts';
import type { Logger } from '../telemetry/logger.ts';
import { MANAGED } from './access.ts';
import { Bindings } from './bindings.ts';
import {
  CLUSTER_ROLE_BINDINGS,
  leasesOf,
  roleBindings,
  USERS,
  WORKSTATIONS,
  type Binding,
  type ClusterUser,
  type ClusterWorkstation,
  type Lease,
} from './kinds.ts';
import { Latest } from './latest.ts';
import { Lifelines } from './lifeline.ts';
import type { News } from './news.ts';
import { Population } from './population.ts';
import { Singles, type Follow } from './singles.ts';
import { Tiers, type ReadSource } from './tiers.ts';
import { newMemory, type World } from './world.ts';

export interface Surroundings extends Pick<World, 'api' | 'clock' | 'now' | 'ask' | 'tell'> {
  readonly api: Api;
  readonly clock: Clock;
  readonly follow: Follow;
  readonly logger: Logger;
  readonly readTiers: ReadSource;
  /** Where the agents keep their Leases. */
  readonly namespace: string;
  /** Milliseconds that a Lease may be overdue before its agent counts as lost. */
  readonly grace: number;
  /** Milliseconds between two looks at tiers that nothing tells changes of. */
  readonly tierInterval: number;
}

export interface Creation {
  readonly world: World;
  /** Resolves once all there is has been seen; rejects with the reason of the signal. */
  readonly synced: (signal: AbortSignal) => Promise<unknown>;
}

/** @param signal ends all watches */
export function createWorld(
  surroundings: Surroundings,
  newsOf: (world: World) => News,
  signal: AbortSignal,
): Creation {
  const { clock, follow, namespace, logger } = surroundings;
  // Watches speak only once they are begun, and by then there is a world.
  const news = (): News => (heard ??= newsOf(world));
  let heard: News | undefined;
  const stores = followAll(follow, namespace, news, signal);
  const users = new Latest(stores.users, clock);
  const singles = new Singles(follow, (reference) => news().single(reference), signal);
  const world: World = {
    ...surroundings,
    users,
    workstations: new Latest(stores.workstations, clock),
    listed: stores,
    leases: { namespace, store: stores.leases },
    population: new Population((name) => users.get(name)),
    lifelines: new Lifelines(clock, surroundings.grace),
    bindings: new Bindings([stores.namespaced, stores.cluster], clock),
    singles,
    tiers: new Tiers({ clock, singles, read: surroundings.readTiers, interval: surroundings.tierInterval }),
    memory: newMemory(),
    log: (level, message, user) => logger.log(level, message, user === undefined ? {} : { user }),
  };
  const synced = (signal: AbortSignal) =>
    Promise.all(Object.values(stores).map((store) => store.synced(signal)));
  return { world, synced };
}

interface Stores {
  readonly users: ObjectStore<ClusterUser>;
  readonly workstations: ObjectStore<ClusterWorkstation>;
  readonly leases: ObjectStore<Lease>;
  readonly cluster: ObjectStore<Binding>;
  readonly namespaced: ObjectStore<Binding>;
}

function followAll(follow: Follow, namespace: string, news: () => News, signal: AbortSignal): Stores {
  const labelSelector = Object.entries(MANAGED)
    .map((pair) => pair.join('='))
    .join(',');
  const selectors = { labelSelector };
  const binding = (key: string) => news().binding(key);
  return {
    users: follow({ resource: USERS, onChange: (key) => news().user(key) }, signal),
    workstations: follow({ resource: WORKSTATIONS, onChange: (key) => news().workstation(key) }, signal),
    leases: follow({ resource: leasesOf(namespace), onChange: (key) => news().lease(key) }, signal),
    cluster: follow({ resource: CLUSTER_ROLE_BINDINGS, selectors, onChange: binding }, signal),
    namespaced: follow({ resource: roleBindings(), selectors, onChange: binding }, signal),
  };
}
