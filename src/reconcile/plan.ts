/** One person's plan: what every section that applies would do, in the order in which it would be done. */
import type { ConditionType } from '../api/conditions.ts';
import { SECTIONS } from '../sections/index.ts';
import type { Facts, Person, Probes, SectionPlan } from '../sections/section.ts';

export interface PlannedSection extends SectionPlan {
  readonly section: string;
  readonly condition: ConditionType;
}

/** Everything the sections must know about one person. */
export function probesOf(person: Person): Required<Probes> {
  const all = SECTIONS.filter((section) => section.applies(person)).map((section) => section.probes(person));
  return {
    home: all.flatMap((probes) => probes.home ?? []),
    system: all.flatMap((probes) => probes.system ?? []),
    sources: [...new Set(all.flatMap((probes) => probes.sources ?? []))],
    units: [...new Set(all.flatMap((probes) => probes.units ?? []))],
  };
}

export function planPerson(person: Person, facts: Facts): PlannedSection[] {
  return SECTIONS.filter((section) => section.applies(person)).map((section) => ({
    section: section.name,
    condition: section.condition,
    ...section.plan(person, facts),
  }));
}

export function isEmpty(plan: readonly SectionPlan[]): boolean {
  return plan.every(({ actions }) => actions.length === 0);
}
