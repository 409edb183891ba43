/** Changes of a user beside its status. */
import { OFFBOARD_FINALIZER } from '../api/marks.ts';
import { USERS, type ClusterUser } from './kinds.ts';
import type { World } from './world.ts';

/** Only as it was seen. @throws ApiError, a conflict when somebody has changed it meanwhile */
export async function changeUser(
  world: World,
  { metadata: { name, uid, resourceVersion } }: ClusterUser,
  patch: { readonly metadata: object; readonly spec?: object },
): Promise<ClusterUser> {
  const metadata = { ...patch.metadata, uid, resourceVersion };
  const changed = await world.api.merge<ClusterUser>(USERS, name, { ...patch, metadata });
  world.users.wrote(changed);
  world.population.changed(name);
  return changed;
}

export function withFinalizer({ metadata: { finalizers = [] } }: ClusterUser): readonly string[] {
  return [...new Set([...finalizers, OFFBOARD_FINALIZER])];
}

export function withoutFinalizer({ metadata: { finalizers = [] } }: ClusterUser): readonly string[] {
  return finalizers.filter((finalizer) => finalizer !== OFFBOARD_FINALIZER);
}
