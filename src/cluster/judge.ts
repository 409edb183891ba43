/** What is known of a user's machine, put to the question whether the user is accepted. */
import { accept, type Verdict } from './acceptance.ts';
import type { ClusterUser } from './kinds.ts';
import type { World } from './world.ts';

/** Undefined while what there is to know of the machine is still being found out. */
export function judge(world: World, user: ClusterUser, machine: string): Verdict | undefined {
  const workstation = world.workstations.get(machine);
  const tiers = workstation === undefined ? ({ kind: 'none' } as const) : world.tiers.known(workstation);
  if (tiers === undefined) return undefined;
  const duplicate = world.population.stalledOf(machine, workstation).get(user.metadata.name);
  return accept(user, { hasWorkstation: workstation !== undefined, duplicate, tiers });
}
