/** One machine, one pass: does its agent live, what does the cluster say of its people; and whom that concerns. */
import { ABANDON_MACHINE } from '../api/marks.ts';
import type { Outcome } from '../controller/workers.ts';
import { inPlaceOf, type Statement } from './findings.ts';
import { annotation, leasesOf, type ClusterWorkstation, type Lease } from './kinds.ts';
import type { Life } from './lifeline.ts';
import { heedAgent, reportWorkstation } from './report.ts';
import { BEHIND, isReady, referencesOf, roleReference, sayOnce, userKey, type World } from './world.ts';

/** @param extra what else is to be said of the machine @throws ApiError */
export async function workstationPass(
  world: World,
  name: string,
  extra: readonly Statement[],
  signal: AbortSignal,
): Promise<Outcome> {
  const workstation = world.workstations.get(name);
  world.singles.want(referencesOf(world.listed.workstations.list()));
  if (workstation === undefined && world.population.usersOf(name).size === 0) return forget(world, name);
  if (workstation !== undefined) heedAgent(world, workstation, name);
  const life = await lifeOf(world, name);
  const look = workstation === undefined ? {} : await world.tiers.look(workstation, signal);
  if (workstation !== undefined) {
    if (sayOnce(world, `tiers ${name}`, look.trouble)) tellOf(world, workstation, look.trouble ?? '');
    await reportWorkstation(world, workstation, [inPlaceOf(name, life), ...extra]);
  }
  askConcerned(world, name, workstation, life);
  const waits = [look.next, 'ms' in life ? life.ms : undefined].filter((ms) => ms !== undefined);
  return waits.length === 0
    ? { kind: 'done' }
    : { kind: 'requeue-after', ms: Math.max(1, Math.min(...waits)) };
}

function forget(world: World, name: string): Outcome {
  world.lifelines.forget(name);
  world.tiers.forget(name);
  world.memory.told.delete(name);
  world.memory.troubles.delete(`tiers ${name}`);
  return { kind: 'done' };
}

/** Silence may be the watch's: before an agent counts as lost, the API server itself is asked. */
async function lifeOf({ lifelines, leases: { namespace, store }, api }: World, name: string): Promise<Life> {
  lifelines.begin(name, store.get(`${namespace}/${name}`));
  const life = lifelines.lifeOf(name);
  if (life.kind !== 'silent') return life;
  lifelines.confirm(name, await api.get<Lease>(leasesOf(namespace), name));
  return lifelines.lifeOf(name);
}

function tellOf(world: World, workstation: ClusterWorkstation, message: string): void {
  world.log('warning', message);
  world.tell({
    regarding: workstation,
    type: 'Warning',
    reason: 'TiersUnreadable',
    action: 'Compare',
    message,
  });
}

/** Asks for a pass of those users for whom something may be different than when they were last asked for. */
function askConcerned(
  world: World,
  name: string,
  workstation: ClusterWorkstation | undefined,
  life: Life,
): void {
  const before = world.memory.told.get(name) as Told | undefined;
  const after = tellable(world, name, workstation, life);
  world.memory.told.set(name, after);
  if (before?.of !== after.of || before.tiers !== after.tiers) {
    for (const user of world.population.usersOf(name)) world.ask(userKey(user), BEHIND);
    for (const user of world.population.usersOf('')) world.ask(userKey(user), BEHIND);
    return;
  }
  if (before.stalled === after.stalled) return;
  const names = new Set([...before.stalled.keys(), ...after.stalled.keys()]);
  for (const user of names) {
    if (before.stalled.get(user)?.message !== after.stalled.get(user)?.message)
      world.ask(userKey(user), BEHIND);
  }
}

interface Told {
  /** All that concerns everybody on the machine, and whoever may come to it. */
  readonly of: string;
  readonly tiers: unknown;
  readonly stalled: ReturnType<World['population']['stalledOf']>;
}

function tellable(world: World, name: string, workstation: ClusterWorkstation | undefined, life: Life): Told {
  const stalled = world.population.stalledOf(name, workstation);
  if (workstation === undefined) return { of: life.kind, tiers: undefined, stalled };
  const { uid, generation, labels } = workstation.metadata;
  const roles = Object.values(workstation.spec.clusterAccess ?? {}).map((access) =>
    access === undefined ? '' : world.singles.get(roleReference(access.clusterRole)).kind,
  );
  const abandoned = annotation(workstation, ABANDON_MACHINE);
  const of = JSON.stringify([
    uid,
    generation,
    labels,
    abandoned,
    life.kind,
    isReady(world, workstation),
    roles,
  ]);
  return { of, tiers: world.tiers.known(workstation), stalled };
}
