/** One person, one pass: look, plan, do, look again. Ready is only who needs nothing more. */
import type { ConditionType } from '../api/conditions.ts';
import { escapeControls } from '../api/text/show.ts';
import type { Person } from '../sections/section.ts';
import type { PassFacts } from './facts.ts';
import type { Failure, Seen } from './findings.ts';
import { lookAndPlan } from './look.ts';
import { perform, type Performance, type Performed } from './perform.ts';
import { isEmpty } from './plan.ts';

/**
 * How often a plan may follow from what the one before it made: a moved clone shows what is still missing, an
 * installed program what can be run. More than this is a plan that never ends.
 */
const MOST_ROUNDS = 3;

export interface Reconciled extends Seen {
  /** How many actions were done. */
  readonly done: number;
  /** The conditions that something was done, or tried, for. */
  readonly acted: ReadonlySet<ConditionType>;
}

export async function reconcilePerson(
  around: Performance,
  pass: PassFacts,
  person: Person,
): Promise<Reconciled> {
  const look = () => lookAndPlan(around.machine, pass, person);
  const failures: Failure[] = [];
  const notes = new Map<ConditionType, readonly string[]>();
  const acted = new Set<ConditionType>();
  let done = 0;
  let left = await look();
  for (let round = 0; round < MOST_ROUNDS && !isEmpty(left); round++) {
    const performed = await perform(around, person.osUser, left);
    done += performed.done;
    for (const { condition, actions } of left) if (actions.length > 0) acted.add(condition);
    failures.push(...performed.failures);
    collect(notes, performed);
    left = await look();
    if (performed.failures.length > 0 || performed.done === 0) break;
  }
  return { left, failures, notes, done, acted };
}

/** A pass that ended before anything could be said of the person, as one would report that. */
export function brokenOff(error: unknown): Reconciled {
  const condition = 'AccountReady';
  const message = `reconcile: ${escapeControls(error instanceof Error ? error.message : String(error))}`;
  return {
    left: [{ section: 'account', condition, actions: [], troubles: [], notes: [] }],
    failures: [{ condition, reason: 'PassFailed', message }],
    notes: new Map(),
    done: 0,
    acted: new Set(),
  };
}

function collect(notes: Map<ConditionType, readonly string[]>, performed: Performed): void {
  for (const [condition, more] of performed.notes)
    notes.set(condition, [...(notes.get(condition) ?? []), ...more]);
}
