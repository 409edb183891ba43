/** Brings a user's bindings to what is wanted, and says how that went. What is wrong in one place holds up no other. */
import type { Finding } from '../api/conditions.ts';
import { ApiError, type Api } from '../kubernetes/api.ts';
import { isOurs, planAccess, type AccessAction } from './access.ts';
import type { Bindings } from './bindings.ts';
import { CLUSTER_ROLE_BINDINGS, roleBindings, type Binding, type ClusterUser } from './kinds.ts';
import { FIELD_MANAGER } from './status.ts';

export interface Granted {
  /** What was done, to tell of it. */
  readonly done: readonly AccessAction[];
  /** Absent where nothing is wanted and nothing was left. */
  readonly finding?: Finding;
}

/** @throws ApiError where the API server may well answer otherwise when asked again */
export async function grant(
  api: Api,
  bindings: Bindings,
  user: ClusterUser,
  desired: readonly Binding[],
): Promise<Granted> {
  const done: AccessAction[] = [];
  const troubles: Trouble[] = [];
  for (const action of planAccess(desired, bindings.of(user.metadata.name))) {
    const trouble = await perform(api, bindings, user, action);
    if (trouble === undefined) done.push(action);
    else troubles.push(trouble);
  }
  const finding = findingOf(user, desired, troubles);
  return { done, ...(finding === undefined ? {} : { finding }) };
}

interface Trouble {
  /** CamelCase, as a condition's reason. */
  readonly reason: string;
  readonly message: string;
}

async function perform(
  api: Api,
  bindings: Bindings,
  user: ClusterUser,
  action: AccessAction,
): Promise<Trouble | undefined> {
  try {
    switch (action.kind) {
      case 'delete':
        await remove(api, bindings, action.found);
        return undefined;
      case 'recreate':
        await remove(api, bindings, action.found);
        return await create(api, bindings, user, action.binding);
      case 'create':
        return await create(api, bindings, user, action.binding);
      case 'repair':
        await repair(api, bindings, user, action.binding);
        return undefined;
    }
  } catch (error) {
    return troubleOf(error, action);
  }
}

async function remove(api: Api, bindings: Bindings, found: Binding): Promise<void> {
  const { name, uid } = found.metadata;
  await api.delete(resourceOf(found), name, uid === undefined ? {} : { uid });
  bindings.deleted(found);
}

/** A binding of this name that the watch does not show is ours with its label taken off, or somebody else's. */
async function create(
  api: Api,
  bindings: Bindings,
  user: ClusterUser,
  binding: Binding,
): Promise<Trouble | undefined> {
  try {
    bindings.wrote(user.metadata.name, await api.create(resourceOf(binding), binding));
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== 'AlreadyExists') throw error;
  }
  const found = await api.get<Binding>(resourceOf(binding), binding.metadata.name);
  if (found !== undefined && !isOurs(found, user)) return taken(user, binding);
  if (found !== undefined) bindings.wrote(user.metadata.name, found);
  const [next] = planAccess([binding], found === undefined ? [] : [found]);
  return next === undefined || next.kind === 'create' ? undefined : perform(api, bindings, user, next);
}

async function repair(api: Api, bindings: Bindings, user: ClusterUser, binding: Binding): Promise<void> {
  const options = { fieldManager: FIELD_MANAGER, force: true };
  bindings.wrote(user.metadata.name, await api.apply<Binding>(resourceOf(binding), binding, options));
}

function taken(user: ClusterUser, binding: Binding): Trouble {
  const message = `bind ${user.metadata.name}: ${placeName(binding)} has another ${binding.kind} named ${binding.metadata.name}: delete or rename it`;
  return { reason: 'BindingTaken', message };
}

/** Refusals that asking again does not change: somebody must change something. @throws everything else */
function troubleOf(error: unknown, action: AccessAction): Trouble {
  const reason = error instanceof ApiError ? REASONS[error.status] : undefined;
  const binding = 'binding' in action ? action.binding : action.found;
  if (reason === undefined || (error as ApiError).reason === 'AlreadyExists') throw error;
  const message =
    reason === 'NamespaceNotFound'
      ? `bind in the namespace ${binding.metadata.namespace}: it does not exist: create it`
      : `bind to the ClusterRole ${binding.roleRef.name}: ${(error as ApiError).message}: let the controller bind it`;
  return { reason, message };
}

const REASONS: Readonly<Record<number, string>> = { 403: 'Forbidden', 404: 'NamespaceNotFound' };

function findingOf(
  user: ClusterUser,
  desired: readonly Binding[],
  troubles: readonly Trouble[],
): Finding | undefined {
  const type = 'ClusterAccessReady';
  const [first] = troubles;
  if (first !== undefined) {
    const message = [...new Set(troubles.map(({ message }) => message))].join('; ');
    return { type, status: 'False', reason: first.reason, message };
  }
  if (desired.length === 0) return undefined;
  const roles = [...new Set(desired.map(({ roleRef }) => roleRef.name))].join(', ');
  const places = desired.map(placeName).join(', ');
  return {
    type,
    status: 'True',
    reason: 'Bound',
    message: `${user.spec.k8sUser} is bound to the ClusterRole ${roles} in ${places}`,
  };
}

function placeName({ metadata: { namespace } }: Binding): string {
  return namespace === undefined ? 'the whole cluster' : `the namespace ${namespace}`;
}

function resourceOf({ metadata: { namespace } }: Binding) {
  return namespace === undefined ? CLUSTER_ROLE_BINDINGS : roleBindings(namespace);
}
