/** What is said of a user or a machine, written where it differs, and told as an event where its turn is news. */
import type { Condition } from '../api/conditions.ts';
import { AGENT_LOST, type Statement } from './findings.ts';
import { USERS, WORKSTATIONS, type ClusterUser, type ClusterWorkstation } from './kinds.ts';
import { isTheirs, statusPatch, writeStatus, type StatusPatch } from './status.ts';
import { userKey, workstationKey, type World } from './world.ts';

/** @throws ApiError */
export async function report(
  world: World,
  user: ClusterUser,
  statements: readonly Statement[],
): Promise<void> {
  const patch = patchOf(world, user, statements);
  if (patch === undefined) return;
  world.users.wrote(await writeStatus(world.api, USERS, user, patch));
  remember(world, user, patch);
  tellTurn(world, user, patch, 'Accepted');
}

/** @throws ApiError */
export async function reportWorkstation(
  world: World,
  workstation: ClusterWorkstation,
  statements: readonly Statement[],
): Promise<void> {
  const patch = patchOf(world, workstation, statements);
  if (patch === undefined) return;
  world.workstations.wrote(await writeStatus(world.api, WORKSTATIONS, workstation, patch));
  remember(world, workstation, patch);
  tellTurn(world, workstation, patch, 'Ready');
}

type Object = ClusterUser | ClusterWorkstation;

function patchOf(world: World, object: Object, statements: readonly Statement[]): StatusPatch | undefined {
  return statusPatch(object, statements, world.memory.held.get(keyOf(object)) ?? NOTHING, world.now());
}

function keyOf({ kind, metadata: { name } }: Object): string {
  return kind === 'WorkstationUser' ? userKey(name) : workstationKey(name);
}

const NOTHING: ReadonlySet<string> = new Set();

function remember({ memory }: World, object: Object, { conditions }: StatusPatch): void {
  memory.held.set(keyOf(object), new Set(conditions.map(({ type }) => type)));
  if (conditions.some(({ reason }) => reason === AGENT_LOST)) memory.lost.add(keyOf(object));
}

/** An agent that takes back what is said of lost ones lives, whatever its Lease says: to insist would be to quarrel. */
export function heedAgent({ memory, lifelines, ask }: World, object: Object, machine: string): void {
  const key = keyOf(object);
  if (!memory.lost.has(key) || !isTheirs('Ready', object.status?.conditions ?? [])) return;
  memory.lost.delete(key);
  if (lifelines.lifeOf(machine).kind !== 'lost') return;
  lifelines.witness(machine);
  ask(workstationKey(machine));
}

/** A person reads of trouble, and of its end; not of what goes as it should. */
function tellTurn(
  world: World,
  object: Object,
  { conditions }: StatusPatch,
  type: 'Accepted' | 'Ready',
): void {
  const ofType = (condition: Condition) => condition.type === type;
  const before = object.status?.conditions?.find(ofType);
  const after = conditions.find(ofType);
  if (after === undefined || after.reason === 'Pending') return;
  if (after.status === before?.status && after.reason === before.reason) return;
  if (after.status === 'True' && before?.status !== 'False') return;
  const { status, reason, message } = after;
  const isWell = status === 'True';
  world.tell({ regarding: object, type: isWell ? 'Normal' : 'Warning', reason, action: 'Judge', message });
}
