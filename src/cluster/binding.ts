/** A user's access to the cluster: what follows from spec and policy, done, told and said. */
import type { Finding } from '../api/conditions.ts';
import type { Verdict } from './acceptance.ts';
import { desiredBindings, type AccessAction } from './access.ts';
import { grant, type Granted } from './grant.ts';
import type { Binding, ClusterUser } from './kinds.ts';
import { roleReference, type World } from './world.ts';

/** Undefined where nothing is configured for the user, and nothing of former times was left. @throws ApiError */
export async function bind(world: World, user: ClusterUser, verdict: Verdict): Promise<Finding | undefined> {
  const { tier, suspended, workstation = '' } = user.spec;
  const access = world.workstations.get(workstation)?.spec.clusterAccess;
  const role = suspended ? undefined : access?.[tier]?.clusterRole;
  if (verdict.kind === 'refused' && !suspended)
    return role === undefined ? undefined : missing('NotAccepted', notAccepted(user));
  const desired = desiredBindings(user, access);
  if (role === undefined || world.singles.get(roleReference(role)).kind !== 'absent')
    return (await grantAndTell(world, user, desired)).finding;
  await grantAndTell(world, user, alreadyThere(world, user, desired));
  return missing('ClusterRoleNotFound', `bind to the ClusterRole ${role}: it does not exist: create it`);
}

/** Takes away all that the watches show. @throws ApiError */
export async function unbind(world: World, user: ClusterUser): Promise<void> {
  await grantAndTell(world, user, []);
}

/** Of a role that does not exist nothing new is bound: it would begin to count unseen. */
function alreadyThere(world: World, user: ClusterUser, desired: readonly Binding[]): Binding[] {
  const places = new Set(world.bindings.of(user.metadata.name).map(({ metadata }) => metadata.namespace));
  return desired.filter(({ metadata }) => places.has(metadata.namespace));
}

async function grantAndTell(world: World, user: ClusterUser, desired: readonly Binding[]): Promise<Granted> {
  const granted = await grant(world.api, world.bindings, user, desired);
  for (const action of granted.done) {
    const { reason, message } = STORIES[action.kind](action);
    world.tell({ regarding: user, type: 'Normal', reason, action: 'GrantAccess', message });
  }
  return granted;
}

type Story = (action: AccessAction) => { readonly reason: string; readonly message: string };

const STORIES: Readonly<Record<AccessAction['kind'], Story>> = {
  create: (action) => ({ reason: 'AccessGranted', message: `bound to ${roleAndPlace(action)}` }),
  repair: (action) => ({
    reason: 'AccessRepaired',
    message: `the binding to ${roleAndPlace(action)} was changed`,
  }),
  recreate: (action) => ({
    reason: 'AccessRepaired',
    message: `bound to ${roleAndPlace(action)} instead of another`,
  }),
  delete: (action) => ({ reason: 'AccessRevoked', message: `no longer bound to ${roleAndPlace(action)}` }),
};

function roleAndPlace(action: AccessAction): string {
  const { metadata, roleRef } = 'binding' in action ? action.binding : action.found;
  const { namespace } = metadata;
  const place = namespace === undefined ? 'the whole cluster' : `the namespace ${namespace}`;
  return `the ${roleRef.kind} ${roleRef.name} in ${place}`;
}

function missing(reason: string, message: string): Finding {
  return { type: 'ClusterAccessReady', status: 'False', reason, message };
}

function notAccepted(user: ClusterUser): string {
  return `bind ${user.metadata.name}: the user is not accepted: see the condition Accepted`;
}
