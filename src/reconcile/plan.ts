/** One person's plan: what every section that applies would do, in the order in which it would be done. */
import type { ConditionType } from '../api/conditions.ts';
import { account } from '../sections/account.ts';
import { onlyTrouble, waiting } from '../sections/common.ts';
import { freshness } from '../sections/freshness.ts';
import { SECTIONS } from '../sections/index.ts';
import type { Probe } from '../sections/facts.ts';
import type { Facts, Person, Probes, Section, SectionPlan } from '../sections/section.ts';

export interface PlannedSection extends SectionPlan {
  readonly section: string;
  readonly condition: ConditionType;
}

/** Everything the sections must know about one person: asked for when units are looked at, and when the person is. */
export function probesOf(person: Person): Required<Probes> {
  const probes = known.get(person) ?? askedBySections(person);
  known.set(person, probes);
  return probes;
}

const known = new WeakMap<Person, Required<Probes>>();

function askedBySections(person: Person): Required<Probes> {
  const all = sectionsOf(person).map((section) => section.probes(person));
  return {
    home: merged(all.flatMap((probes) => probes.home ?? [])),
    system: merged(all.flatMap((probes) => probes.system ?? [])),
    sources: [...new Set(all.flatMap((probes) => probes.sources ?? []))],
    units: [...new Set(all.flatMap((probes) => probes.units ?? []))],
  };
}

function sectionsOf(person: Person): Section[] {
  return SECTIONS.filter(
    (section) => section.applies(person) && !(person.spec.suspended && section.runsTheirs),
  );
}

/** One probe a path, the one that tells most: sections may ask for different things of one path. */
function merged(probes: readonly Probe[]): Probe[] {
  const telling = ['stat', 'list', 'text'] as const;
  const byPath = new Map<string, Probe>();
  for (const probe of probes) {
    const other = byPath.get(probe.path);
    if (other === undefined || telling.indexOf(probe.read) > telling.indexOf(other.read))
      byPath.set(probe.path, probe);
  }
  return [...byPath.values()];
}

/** Where the account itself cannot be had, or must be left alone, nothing is done for it in the other sections. */
export function planPerson(person: Person, facts: Facts): PlannedSection[] {
  let isBarred = false;
  return sectionsOf(person).flatMap((section) => {
    // What is only told is not told anew while nothing is done for it.
    if (isBarred && section === freshness) return [];
    const plan = isBarred ? BARRED : section.plan(person, facts);
    isBarred ||= section === account && plan.troubles.length > 0;
    return [{ section: section.name, condition: section.condition, ...plan }];
  });
}

const BARRED = onlyTrouble(waiting('AccountNotReady', 'waits for the account'));

export function isEmpty(plan: readonly SectionPlan[]): boolean {
  return plan.every(({ actions }) => actions.length === 0);
}
