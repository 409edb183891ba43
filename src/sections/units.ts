/** Units that should be enabled and running. A running unit is never restarted. */
import type { SystemAction } from './action.ts';
import { expandFor, joined, NOTHING, onlyTrouble, refused, waiting } from './common.ts';
import type { UnitFacts } from './facts.ts';
import type { Facts, Person, SectionPlan } from './section.ts';

export function unitsFor(person: Person, units: readonly string[]): string[] {
  return units.map((unit) => expandFor(person, unit));
}

/** Enables and starts what is declared; for a suspended person stops and disables it. */
export function planUnits(person: Person, facts: Facts, units: readonly string[]): SectionPlan {
  return joined(
    unitsFor(person, units).map((unit) => {
      const found = factsOf(facts, unit);
      return person.spec.suspended ? planStopped(unit, found) : planRunning(unit, found);
    }),
  );
}

export function planRunning(unit: string, found: UnitFacts, start = true): SectionPlan {
  if (!found.exists) {
    return onlyTrouble(waiting('UnitMissing', `enable ${unit}: this machine has no such unit: install it`));
  }
  if (found.masked)
    return onlyTrouble(refused('UnitMasked', `enable ${unit}: it is masked: run systemctl unmask ${unit}`));
  const actions: SystemAction[] = [];
  if (!found.enabled) actions.push({ kind: 'enable-unit', unit });
  if (start && (found.active === 'inactive' || found.active === 'failed'))
    actions.push({ kind: 'start-unit', unit });
  return { ...NOTHING, actions };
}

export function planStopped(unit: string, found: UnitFacts): SectionPlan {
  const startsAtBoot = found.enabled && found.isStatic !== true;
  const isOff = !startsAtBoot && (found.active === 'inactive' || found.active === 'unknown');
  return isOff ? NOTHING : { ...NOTHING, actions: [{ kind: 'disable-unit', unit }] };
}

export function factsOf(facts: Pick<Facts, 'units'>, unit: string): UnitFacts {
  const found = facts.units.get(unit);
  if (found === undefined) throw new Error(`a section looked at ${unit} without having asked for it`);
  return found;
}
