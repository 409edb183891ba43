/** One user, one pass: placed, judged, kept from vanishing, bound; then said. */
import { OFFBOARD_FINALIZER } from '../api/marks.ts';
import type { Outcome } from '../controller/workers.ts';
import type { Verdict } from './acceptance.ts';
import { bind } from './binding.ts';
import { changeUser, withFinalizer } from './change.ts';
import { statementsOf } from './findings.ts';
import { isDeleting, type ClusterUser } from './kinds.ts';
import { leavePass } from './leavepass.ts';
import { place } from './placement.ts';
import { heedAgent, report } from './report.ts';
import { candidatesOf, workstationKey, type World } from './world.ts';
import { judge } from './judge.ts';

/** @throws ApiError */
export async function userPass(world: World, name: string): Promise<Outcome> {
  const user = world.users.get(name);
  if (user === undefined) return DONE;
  heedAgent(world, user, user.spec.workstation ?? '');
  if (isDeleting(user)) return leavePass(world, user);
  const { machine, placed, unplaceable } = await placement(world, user);
  const verdict = unplaceable ?? judge(world, placed, machine);
  if (verdict === undefined) {
    world.ask(workstationKey(machine));
    return DONE;
  }
  const kept = verdict.kind === 'accepted' ? await keepUntilCut(world, placed) : placed;
  const access = await bind(world, kept, verdict);
  // Nobody speaks for a machine that is none.
  const life = world.workstations.get(machine) && world.lifelines.lifeOf(machine);
  await report(world, kept, statementsOf(kept, { verdict, life, access }));
  return access?.status === 'False' && verdict.kind === 'accepted' ? LOOK_AGAIN : DONE;
}

const DONE: Outcome = { kind: 'done' };
/** Nothing tells when somebody makes a namespace or grants the controller a right. */
const LOOK_AGAIN: Outcome = { kind: 'requeue-after', ms: 60_000 };

interface Placed {
  /** Empty where there is none. */
  readonly machine: string;
  readonly placed: ClusterUser;
  readonly unplaceable?: Verdict;
}

async function placement(world: World, user: ClusterUser): Promise<Placed> {
  const { name } = user.metadata;
  if (user.spec.workstation) return { machine: user.spec.workstation, placed: user };
  const decision = place(user, candidatesOf(world));
  if (decision.kind === 'unplaceable') {
    const unplaceable = { kind: 'refused', reason: 'Unplaceable', message: decision.message } as const;
    return { machine: '', placed: user, unplaceable };
  }
  const machine = decision.workstation;
  world.population.send(name, machine);
  try {
    const placed = await changeUser(world, user, {
      metadata: { finalizers: withFinalizer(user) },
      spec: { workstation: machine },
    });
    const message = `placed on ${machine}`;
    world.tell({ regarding: placed, type: 'Normal', reason: 'Placed', action: 'Place', message });
    return { machine, placed };
  } finally {
    world.population.arrive(name);
    world.ask(workstationKey(machine));
  }
}

/** Whoever was served must not vanish before the cut; who never was, may. */
async function keepUntilCut(world: World, user: ClusterUser): Promise<ClusterUser> {
  if (user.metadata.finalizers?.includes(OFFBOARD_FINALIZER)) return user;
  return changeUser(world, user, { metadata: { finalizers: withFinalizer(user) } });
}
