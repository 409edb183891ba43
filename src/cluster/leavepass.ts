/** Somebody who is being deleted: access goes at once, the object only after the cut. */
import { OFFBOARD_FINALIZER } from '../api/marks.ts';
import type { Outcome } from '../controller/workers.ts';
import { bindingName, isOurs } from './access.ts';
import { unbind } from './binding.ts';
import { changeUser, withoutFinalizer } from './change.ts';
import { depart, type Departure } from './departure.ts';
import { statementsOf } from './findings.ts';
import { judge } from './judge.ts';
import { CLUSTER_ROLE_BINDINGS, roleBindings, type Binding, type ClusterUser } from './kinds.ts';
import { report } from './report.ts';
import { sayOnce, workstationKey, type World } from './world.ts';

/** @throws ApiError */
export async function leavePass(world: World, user: ClusterUser): Promise<Outcome> {
  const { name, finalizers = [] } = user.metadata;
  if (!finalizers.includes(OFFBOARD_FINALIZER)) return DONE;
  await unbind(world, user);
  const machine = user.spec.workstation ?? '';
  const life = world.lifelines.lifeOf(machine);
  const departure = depart(user, {
    workstation: world.workstations.get(machine),
    life,
    bindings: world.bindings.of(name).length,
  });
  if (departure.kind !== 'wait') {
    await letGo(world, user, departure);
    return DONE;
  }
  if (sayOnce(world, `leave ${name}`, departure.message))
    tell(world, user, 'OffboardingWaits', departure.message);
  const verdict = judge(world, user, machine);
  if (verdict !== undefined) await report(world, user, statementsOf(user, { verdict, life, departure }));
  // Whether the agent is lost is found out there, and comes back as a pass of its users.
  world.ask(workstationKey(machine));
  return DONE;
}

const DONE: Outcome = { kind: 'done' };

async function letGo(world: World, user: ClusterUser, departure: Departure): Promise<void> {
  await sweep(world, user);
  await changeUser(world, user, { metadata: { finalizers: withoutFinalizer(user) } });
  sayOnce(world, `leave ${user.metadata.name}`, undefined);
  if (departure.kind === 'abandon') {
    const message = `let go without a cut on ${user.spec.workstation}: ${departure.because}`;
    world.log('warning', `${user.metadata.name}: ${message}`, user.metadata.name);
    tell(world, user, 'Abandoned', message);
  }
}

/** Bindings whose label was taken off are not watched any more: asked for by name, they cannot hide. */
async function sweep(world: World, user: ClusterUser): Promise<void> {
  if (world.workstations.get(user.spec.workstation ?? '')?.spec.clusterAccess === undefined) return;
  const namespaces = (user.spec.namespaces ?? []).map((namespace) => roleBindings(namespace));
  for (const resource of [CLUSTER_ROLE_BINDINGS, ...namespaces]) {
    const found = await world.api.get<Binding>(resource, bindingName(user.metadata.name));
    if (found === undefined || !isOurs(found, user)) continue;
    await world.api.delete(resource, found.metadata.name, { uid: found.metadata.uid ?? '' });
  }
}

function tell(world: World, user: ClusterUser, reason: string, message: string): void {
  world.tell({ regarding: user, type: 'Warning', reason, action: 'Offboard', message });
}
