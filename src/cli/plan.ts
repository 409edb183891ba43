/** `plan`: what apply would do. Writes nothing and runs nothing of anybody's. */
import { osUserOf } from '../api/user.ts';
import { lookUpEverybody } from '../reconcile/leave.ts';
import { isEmpty, type PlannedSection } from '../reconcile/plan.ts';
import { planPass, type Planned } from '../reconcile/pass.ts';
import { tierIssuesIfKnown, vaultFor, type ClusterOptions } from './cluster.ts';
import { loadDeclared, openingOf, type DeclaringOptions } from './declared.ts';
import type { Io } from './io.ts';
import { openFor, type MachineOptions } from './machine.ts';
import { sortOut, withTierIssues } from './people.ts';
import { passInput } from './passinput.ts';
import { printPlan, printStructuredPlan } from './print/plan.ts';
import { chooseStyle } from './print/style.ts';
import { printAction } from './print/words.ts';

type PlanOptions = DeclaringOptions & MachineOptions & ClusterOptions & { readonly output?: 'json' | 'yaml' };

const CHANGES = 2;

export async function plan(io: Io, names: readonly string[], options: PlanOptions): Promise<number> {
  const declared = await loadDeclared(io, options);
  if (declared === undefined) return 1;
  const vault = vaultFor(io, options);
  const issues = await tierIssuesIfKnown(io, declared.users, declared.workstation.object.spec, vault);
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
