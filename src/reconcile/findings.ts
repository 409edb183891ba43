/** From what a pass planned, did and saw again to what is said of a person. */
import { SECTION_CONDITIONS, type ConditionType, type Finding } from '../api/conditions.ts';
import type { Trouble } from '../sections/section.ts';
import type { PlannedSection } from './plan.ts';

/** What went wrong while a section's actions were done. */
export interface Failure {
  readonly condition: ConditionType;
  readonly reason: string;
  /** One printable line. */
  readonly message: string;
}

/** What a pass knows of one person at its end. */
export interface Seen {
  /** The plan made from the facts after the actions: empty where the goal is reached. */
  readonly left: readonly PlannedSection[];
  readonly failures: readonly Failure[];
  /** Said by actions that did what they could: a clone that was not fast-forwarded, a start left for the first boot. */
  readonly notes: ReadonlyMap<ConditionType, readonly string[]>;
}

/** A condition that only informs: it does not keep a person from being Ready. */
const INFORMATIONAL: ReadonlySet<ConditionType> = new Set(['CodeFresh']);

/** What is said of somebody who is declared but cannot be accepted beside the others. */
export function findingsOfStalled(reason: string, message: string): Finding[] {
  return [
    { type: 'Ready', status: 'False', reason, message },
    { type: 'Accepted', status: 'False', reason, message },
    { type: 'Stalled', status: 'True', reason, message },
  ];
}

/** The section conditions that apply, then Ready, then Stalled and Reconciling where they are true (kstatus). */
export function findingsOf(seen: Seen): Finding[] {
  const types = SECTION_CONDITIONS.filter((type) => seen.left.some(({ condition }) => condition === type));
  const findings = types.map((type) => findingOf(type, seen));
  const bad = findings.filter(({ type, status }) => status === 'False' && !INFORMATIONAL.has(type));
  const stalled = bad.find(({ type }) => isRefused(type, seen));
  return [
    summary(bad),
    ...findings,
    ...(stalled ? [{ ...stalled, type: 'Stalled', status: 'True' } as const] : []),
    ...(bad.length > 0 && !stalled ? [reconciling(bad)] : []),
  ];
}

function summary(bad: readonly Finding[]): Finding {
  const first = bad[0];
  if (first === undefined)
    return { type: 'Ready', status: 'True', reason: 'Ready', message: 'everything is as declared' };
  return {
    type: 'Ready',
    status: 'False',
    reason: first.reason,
    message: bad.map(({ type, message }) => `${type}: ${message}`).join('; '),
  };
}

function reconciling(bad: readonly Finding[]): Finding {
  return {
    type: 'Reconciling',
    status: 'True',
    reason: 'Retrying',
    message: `the next pass tries again: ${bad.map(({ type }) => type).join(', ')}`,
  };
}

function findingOf(type: ConditionType, seen: Seen): Finding {
  const sections = seen.left.filter(({ condition }) => condition === type);
  const failure = seen.failures.find(({ condition }) => condition === type);
  if (failure) return { type, status: 'False', reason: failure.reason, message: failure.message };
  const troubles = sections.flatMap((section) => section.troubles);
  const trouble = troubles[0];
  if (trouble) return { type, status: 'False', reason: trouble.reason, message: sentences(troubles) };
  const remaining = sections.flatMap(({ actions }) => actions);
  if (remaining.length > 0) {
    const kinds = [...new Set(remaining.map(({ kind }) => kind))].join(', ');
    return { type, status: 'False', reason: 'NotConverged', message: `still to do after the pass: ${kinds}` };
  }
  const said = [...sections.flatMap((section) => section.notes), ...(seen.notes.get(type) ?? [])];
  const notes = [...new Set(said)];
  return {
    type,
    status: 'True',
    reason: notes.length > 0 ? 'ReadyWithNotes' : 'Ready',
    message: notes.join('; '),
  };
}

function isRefused(type: ConditionType, seen: Seen): boolean {
  return seen.left.some(
    ({ condition, troubles }) => condition === type && troubles.some(({ kind }) => kind === 'Refused'),
  );
}

function sentences(troubles: readonly Trouble[]): string {
  return troubles.map(({ message }) => message).join('; ');
}
