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
import { planLeave, type Stage } from '../sections/leave.ts';
import type { SectionPlan } from '../sections/section.ts';
import { envFiles } from './desired.ts';
import type { Witness } from './perform.ts';

export type LeavePlan = ReadonlyMap<Stage, SectionPlan>;

/** OS users that earlier passes or environment files know, that have an account, and that nobody declares. */
export function undeclared(
  machine: Machine,
  users: readonly WorkstationUser[],
  policy: WorkstationSpec,
  state: State,
): string[] {
  const declared = new Set(users.map(osUserOf));
  const ownerOf = ownersOf(policy.services);
  const known = [
    ...Object.values(state.users).map(({ status }) => status.osUser),
    ...envFiles(machine, policy).flatMap(({ path }) => ownerOf(path)?.osUser ?? []),
  ];
  return sortedSet(known).filter((osUser) => !declared.has(osUser) && machine.account(osUser) !== undefined);
}

/** What is left of the cut of one person; every stage is there, empty where it is made. */
export async function planCut(machine: Machine, policy: WorkstationSpec, osUser: string): Promise<LeavePlan> {
  const names = unitsOf(policy, osUser);
  await machine.lookAtUnits(names);
  const account = machine.account(osUser);
  return planLeave(policy, {
    ...(account ? { account } : {}),
    units: new Map(names.flatMap((name) => [[name, machine.units.get(name)] as const]).flatMap(known)),
    hasProcesses: account !== undefined && machine.hasProcesses(account.uid),
  });
}

export type CutResult =
  { readonly kind: 'cut' } | { readonly kind: 'failed'; readonly messages: readonly string[] };

/** Makes the cut stage by stage and looks again; a stage that fails does not keep the next from being made. */
export async function makeCut(
  machine: Machine,
  policy: WorkstationSpec,
  osUser: string,
  witness: Witness,
  signal: AbortSignal,
): Promise<CutResult> {
  const messages: string[] = [];
  for (const { actions } of (await planCut(machine, policy, osUser)).values()) {
    const results = actions.map(async (action) => {
      witness.began(osUser, action);
      const start = performance.now();
      const done = await machine.do(osUser, action, signal);
      witness.ended(osUser, action, done, performance.now() - start);
      if (done.kind === 'failed') messages.push(done.message);
    });
    machine.flush();
    await Promise.all(results);
  }
  const left = [...(await planCut(machine, policy, osUser))].filter(([, { actions }]) => actions.length > 0);
  for (const [stage] of left)
    messages.push(`cut ${osUser}: ${stage} is not made, as a second look shows: run offboard again`);
  return messages.length === 0 ? { kind: 'cut' } : { kind: 'failed', messages };
}

/** What a planned cut is going to change, joined with what an earlier, interrupted one has changed already. */
export function recordOf(
  name: string,
  osUser: string,
  plan: LeavePlan,
  at: Date,
  before: Cut | undefined,
): Cut {
  const actions = [...plan.values()].flatMap((stage) => stage.actions);
  const units = actions.flatMap((action) => (action.kind === 'disable-unit' ? [action.unit] : []));
  const groups = actions.flatMap((action) => (action.kind === 'remove-from-group' ? [action.group] : []));
  return {
    name,
    osUser,
    at: before?.at ?? at.toISOString(),
    locked: (before?.locked ?? false) || actions.some(({ kind }) => kind === 'lock-account'),
    units: sortedSet([...(before?.units ?? []), ...units]),
    groups: sortedSet([...(before?.groups ?? []), ...groups]),
  };
}

function unitsOf(policy: WorkstationSpec, osUser: string): string[] {
  const templates = [...policy.services, ...policy.secrets].flatMap(({ units }) => units);
  return sortedSet(templates.map((template) => expand(template, { user: osUser })));
}

function known<K, V>([key, value]: readonly [K, V | undefined]): [K, V][] {
  return value === undefined ? [] : [[key, value]];
}
