/** `plan`: what apply would do. Writes nothing and runs nothing of anybody's. */
import { osUserOf } from '../api/user.ts';
import type { TierIssue } from '../roster/tiers.ts';
import { lookUpEverybody } from '../reconcile/leave.ts';
import { isEmpty, type PlannedSection } from '../reconcile/plan.ts';
import { planPass, type Planned } from '../reconcile/pass.ts';
import { tierIssuesIfKnown, vaultFor, type ClusterOptions } from './cluster.ts';
import { loadDeclared, openingOf, type DeclaredInput, type DeclaringOptions } from './declared.ts';
import type { Io } from './io.ts';
import { openFor, type MachineOptions } from './machine.ts';
import { sortOut, withTierIssues } from './people.ts';
import { passInput } from './passinput.ts';
import { printPlan, printStructuredPlan } from './print/plan.ts';
import { chooseStyle } from './print/style.ts';
import { printAction } from './print/words.ts';

export type PlanOptions = DeclaringOptions &
  MachineOptions &
  ClusterOptions & {
    readonly output?: 'json' | 'yaml';
    /** The machine, in a cluster; files declare everything without it. */
    readonly name?: string;
    readonly kubeconfig?: string;
    readonly context?: string;
  };

const CHANGES = 2;

export async function plan(io: Io, names: readonly string[], options: PlanOptions): Promise<number> {
  const vault = vaultFor(io, options);
  const declared = await declaredBy(io, options, vault);
  if (declared === undefined) return 1;
  const { issues } = declared;
  const { machine, store } = await openFor(options, openingOf(declared, vault));
  try {
    const state = store.load();
    await lookUpEverybody(machine, declared.users.map(osUserOf), declared.workstation.object.spec, state);
    const people = withTierIssues(io, sortOut(declared, names, state), issues);
    const { input, held } = passInput({ io, machine, declared, people, state });
    const planned = withoutUpkeep(await planPass(input));
    const style = chooseStyle(io.isTerminal, io.env);
    io.out(
      options.output === undefined ? printPlan(planned, style) : printStructuredPlan(planned, options.output),
    );
    for (const { message } of people.stalled) io.err(`warning: ${message}\n`);
    for (const sentence of held) io.err(`warning: ${sentence}\n`);
    return hasChanges(planned) ? CHANGES : 0;
  } finally {
    await machine.close();
  }
}

/** In a cluster it is the controller that compares tiers. */
async function declaredBy(
  io: Io,
  options: PlanOptions,
  vault: ReturnType<typeof vaultFor>,
): Promise<(DeclaredInput & { readonly issues: readonly TierIssue[] }) | undefined> {
  const { name, kubeconfig, context } = options;
  if (name !== undefined) {
    const { declaredThere } = await import('./remote/declared.ts');
    return declaredThere(io, {
      name,
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
    });
  }
  const declared = await loadDeclared(io, options);
  if (declared === undefined) return undefined;
  const { users, workstation } = declared;
  return { ...declared, issues: await tierIssuesIfKnown(io, users, workstation.object.spec, vault) };
}

/** Fetching is due again after every interval: it is said, and is no change. */
function withoutUpkeep({ people, machine }: Planned): Planned {
  const upkeep = (osUser: string) => (section: PlannedSection) =>
    section.condition === 'CodeFresh'
      ? { ...section, actions: [], notes: section.actions.map((action) => printAction(action, osUser)) }
      : section;
  return {
    people: people.map(({ person, plan }) => ({ person, plan: plan.map(upkeep(person.osUser)) })),
    machine,
  };
}

function hasChanges({ people, machine }: Planned): boolean {
  return !isEmpty([machine, ...people.flatMap((person) => person.plan)]);
}
