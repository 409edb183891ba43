/** All that the controller knows and reaches: what its passes are made of. */
import type { Clock } from '../controller/clock.ts';
import type { Api } from '../kubernetes/api.ts';
import type { KubernetesObject } from '../kubernetes/objects.ts';
import type { ObjectStore } from '../kubernetes/store.ts';
import type { Level } from '../telemetry/logger.ts';
import type { Bindings } from './bindings.ts';
import { CLUSTER_ROLES, type ClusterUser, type ClusterWorkstation, type Lease } from './kinds.ts';
import type { Latest } from './latest.ts';
import type { Lifelines } from './lifeline.ts';
import type { Candidate } from './placement.ts';
import type { Population } from './population.ts';
import type { Reference, Singles } from './singles.ts';
import { referenceOf, type Tiers } from './tiers.ts';

/** Something that happened to an object, for `kubectl describe`. */
export interface Occurrence {
  readonly regarding: KubernetesObject;
  readonly type: 'Normal' | 'Warning';
  /** CamelCase: why, e.g. Placed, TierConflict. */
  readonly reason: string;
  /** CamelCase: what was done, e.g. Place, Accept. */
  readonly action: string;
  /** One printable line without secrets. */
  readonly message: string;
}

export interface World {
  readonly api: Api;
  readonly clock: Clock;
  readonly now: () => Date;
  readonly users: Latest<ClusterUser>;
  readonly workstations: Latest<ClusterWorkstation>;
  /** All there are, perhaps a moment behind `users` and `workstations`. */
  readonly listed: {
    readonly users: ObjectStore<ClusterUser>;
    readonly workstations: ObjectStore<ClusterWorkstation>;
  };
  /** By the name of the Lease. */
  readonly leases: { readonly namespace: string; readonly store: ObjectStore<Lease> };
  readonly population: Population;
  readonly lifelines: Lifelines;
  readonly bindings: Bindings;
  readonly singles: Singles;
  readonly tiers: Tiers;
  readonly memory: Memory;
  /** Asks for a pass; one that only might find something different goes behind, with `BEHIND`. */
  readonly ask: (key: string, priority?: number) => void;
  readonly tell: (occurrence: Occurrence) => void;
  readonly log: (level: Level, message: string, user?: string) => void;
}

/** What earlier passes of this program said; nothing of it is needed to be right, only to be brief. */
export interface Memory {
  /** By key: the conditions that the last write of a status held. */
  readonly held: Map<string, ReadonlySet<string>>;
  /** Keys of what a lost agent was said of, and not taken back since, as far as was seen. */
  readonly lost: Set<string>;
  /** By workstation: what its users were last looked at with. */
  readonly told: Map<string, unknown>;
  /** By key: the last trouble that was logged or told. */
  readonly troubles: Map<string, string>;
}

export function newMemory(): Memory {
  return { held: new Map(), lost: new Set(), told: new Map(), troubles: new Map() };
}

/** The priority of passes that nobody waits for. */
export const BEHIND = -1;

export const userKey = (name: string) => `user/${name}`;
export const workstationKey = (name: string) => `workstation/${name}`;

/** Says a trouble once, until it is over or another; undefined: it is over. */
export function sayOnce({ memory: { troubles } }: World, key: string, trouble: string | undefined): boolean {
  if (troubles.get(key) === trouble) return false;
  if (trouble === undefined) troubles.delete(key);
  else troubles.set(key, trouble);
  return trouble !== undefined;
}

/** The machines that users can be placed on, as they stand. */
export function candidatesOf(world: World): Candidate[] {
  return world.listed.workstations.list().flatMap(({ metadata: { name } }) => {
    const workstation = world.workstations.get(name);
    if (workstation === undefined || workstation.metadata.deletionTimestamp !== undefined) return [];
    return [
      { workstation, isReady: isReady(world, workstation), residents: world.population.residentsOf(name) },
    ];
  });
}

export function isReady({ lifelines }: World, { metadata, status }: ClusterWorkstation): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const isDenied = ready !== undefined && ready.status !== 'True' && ready.reason !== 'Pending';
  return lifelines.lifeOf(metadata.name).kind === 'alive' && !isDenied;
}

/** The objects that the Workstations refer to: ConfigMaps with tiers, and ClusterRoles. */
export function referencesOf(workstations: readonly ClusterWorkstation[]): Reference[] {
  return workstations.flatMap(({ spec: { clusterTiers, clusterAccess } }) => {
    const tiers = clusterTiers && referenceOf(clusterTiers);
    const roles = Object.values(clusterAccess ?? {}).flatMap((access) =>
      access === undefined ? [] : [roleReference(access.clusterRole)],
    );
    return [...(tiers === undefined ? [] : [tiers]), ...roles];
  });
}

export function roleReference(name: string): Reference {
  return { resource: CLUSTER_ROLES, name };
}
