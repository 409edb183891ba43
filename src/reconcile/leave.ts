/**
 * People whom the machine still holds though nobody declares them: who they are, and the reversible cut. What a cut
 * changes is recorded before it is changed, so that exactly that can be undone, whenever the program dies.
 */
import { osUserOf, type WorkstationUser } from '../api/user.ts';
import type { WorkstationSpec } from '../api/workstation/index.ts';
import { expand } from '../api/template.ts';
import type { Machine } from '../host/machine.ts';
import type { Cut, State } from '../report/record.ts';
import { ownersOf } from '../roster/claims.ts';
import { sortedSet } from '../roster/order.ts';
import type { Action } from '../sections/action.ts';
import { NOTHING } from '../sections/common.ts';
import { isLockedOut, planLeave, refusalOf, type ReversibleStage } from '../sections/leave.ts';
import { machineProbes, planMaps } from '../sections/machine.ts';
import type { SectionPlan } from '../sections/section.ts';
import { envFilePaths, resolve, type Knowledge } from './desired.ts';
import { isUnitAction, performOne, type Witness } from './perform.ts';

export type LeavePlan = ReadonlyMap<ReversibleStage, SectionPlan>;

/** Makes known the accounts of these and of all whom the machine may hold, also where only a name service has them. */
export async function lookUpEverybody(
  machine: Machine,
  osUsers: readonly string[],
  policy: WorkstationSpec,
  state: State,
): Promise<void> {
  await machine.lookUp(sortedSet([...osUsers, ...remembered(machine, policy, state)]));
}

/**
 * OS users that earlier passes or environment files know, that have an account which may be theirs, and that nobody
 * declares.
 */
export function undeclared(
  machine: Machine,
  users: readonly WorkstationUser[],
  policy: WorkstationSpec,
  state: State,
): string[] {
  const declared = new Set(users.map(osUserOf));
  return sortedSet(remembered(machine, policy, state)).filter((osUser) => {
    const account = machine.account(osUser);
    return !declared.has(osUser) && account !== undefined && refusalOf(account) === undefined;
  });
}

/** OS users that earlier passes or environment files know. */
function remembered(machine: Machine, policy: WorkstationSpec, state: State): string[] {
  const ownerOf = ownersOf(policy.services);
  return [
    ...Object.values(state.users).map(({ status }) => status.osUser),
    ...envFilePaths(machine, policy).flatMap((path) => ownerOf(path)?.osUser ?? []),
  ];
}

export interface CutInput {
  readonly machine: Machine;
  readonly policy: WorkstationSpec;
  /** Everybody who is declared: whom the published maps go on naming. */
  readonly staying: readonly WorkstationUser[];
  readonly knowledge?: Knowledge;
  /** Why the published maps must stay as they are: the leaver is in them until they may change. */
  readonly keepMaps?: string | undefined;
  /** Once aborted, nothing else begins. */
  readonly draining?: AbortSignal;
}

/** What is left of the cut of one person; every stage is there, empty where it is made. */
export async function planCut(
  { machine, policy, staying, knowledge, keepMaps }: CutInput,
  osUser: string,
): Promise<LeavePlan> {
  const names = unitsOf(policy, osUser);
  await machine.lookAtUnits(names);
  const account = machine.account(osUser);
  const facts = {
    ...(account ? { account } : {}),
    units: new Map(names.map((name) => [name, machine.units.get(name)] as const).flatMap(known)),
    hasProcesses: account !== undefined && machine.hasProcesses(account.uid),
  };
  const desired = resolve(machine, staying, policy, knowledge);
  const unmap =
    (keepMaps ?? desired.keepMaps) === undefined
      ? planMaps(policy, desired.maps, {
          system: machine.lookAtSystem(machineProbes(policy).system),
          sources: new Map(),
          units: machine.units,
        })
      : NOTHING;
  return planLeave(policy, facts, unmap);
}

export type CutResult =
  { readonly kind: 'cut' } | { readonly kind: 'failed'; readonly messages: readonly string[] };

/** Makes the cut stage by stage and looks again; a stage that fails does not keep the next from being made. */
export async function makeCut(
  input: CutInput,
  osUser: string,
  witness: Witness,
  signal: AbortSignal,
): Promise<CutResult> {
  const { machine, draining } = input;
  const around = { machine, witness, signal, ...(draining === undefined ? {} : { draining }) };
  const messages: string[] = [];
  const one = async (stage: ReversibleStage, action: Action): Promise<void> => {
    const done = await performOne(around, osUser, stage, action);
    if (done.kind === 'failed') messages.push(done.message);
  };
  for (const [stage, { actions }] of await planCut(input, osUser)) {
    const batch = actions.filter(isUnitAction).map((action) => one(stage, action));
    machine.flush();
    await Promise.all(batch);
    for (const action of actions) if (!isUnitAction(action)) await one(stage, action);
  }
  for (const [stage, { actions, troubles }] of await planCut(input, osUser)) {
    messages.push(...troubles.map(({ message }) => message));
    if (actions.length > 0)
      messages.push(`cut ${osUser}: ${stage} is not made, as a second look shows: run offboard again`);
  }
  return messages.length === 0 ? { kind: 'cut' } : { kind: 'failed', messages };
}

/** Those whose cut is not made, or was undone, by hand or by a pass that has begun to. */
export function uncut(machine: Machine, osUsers: readonly string[], { cuts }: Pick<State, 'cuts'>): string[] {
  return osUsers.filter((osUser) => {
    const account = machine.account(osUser);
    const cut = cuts[osUser];
    const isCut = cut !== undefined && cut.undoing === undefined;
    return account !== undefined && !(isCut && isLockedOut(account));
  });
}

/** Who leaves, and what stays theirs. */
export type Leaver = Pick<Cut, 'name' | 'osUser' | 'uid' | 'ports'>;

/** What a planned cut is going to change, joined with what an earlier, interrupted one has changed already. */
export function recordOf(leaver: Leaver, plan: LeavePlan, at: Date, before: Cut | undefined): Cut {
  const actions = [...plan.values()].flatMap((stage) => stage.actions);
  const units = actions.flatMap((action) => (action.kind === 'disable-unit' ? [action.unit] : []));
  const groups = actions.flatMap((action) => (action.kind === 'remove-from-group' ? [action.group] : []));
  return {
    ...leaver,
    at: before?.at ?? at.toISOString(),
    locked: (before?.locked ?? false) || actions.some(({ kind }) => kind === 'lock-account'),
    units: sortedSet([...(before?.units ?? []), ...units]),
    groups: sortedSet([...(before?.groups ?? []), ...groups]),
    ...(before?.undoing ? { undoing: true } : {}),
  };
}

function unitsOf(policy: WorkstationSpec, osUser: string): string[] {
  const templates = [...policy.services, ...policy.secrets].flatMap(({ units }) => units);
  return sortedSet(templates.map((template) => expand(template, { user: osUser })));
}

function known<K, V>([key, value]: readonly [K, V | undefined]): [K, V][] {
  return value === undefined ? [] : [[key, value]];
}
