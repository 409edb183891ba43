/** Whether a status has to be written. */
import { keepTransitionTimes, type Condition } from '../../api/conditions.ts';

type Status = Readonly<Record<string, unknown>>;

/** A status whose conditions hold since the server was told so: a process that was killed may not have kept when it told. */
export function sinceTold<S extends object>(found: Status | undefined, wanted: S): S {
  const told = found?.['conditions'] as readonly Condition[] | undefined;
  if (told === undefined || !('conditions' in wanted)) return wanted;
  return { ...wanted, conditions: keepTransitionTimes(told, wanted.conditions as readonly Condition[]) };
}

/** What others have added to it is no difference. */
export function differs(found: Status | undefined, wanted: object): boolean {
  if (found === undefined) return true;
  return Object.entries(wanted).some(([field, value]) =>
    field === 'conditions'
      ? conditionsDiffer(found[field] as readonly Condition[] | undefined, value as readonly Condition[])
      : !isSame(found[field], value),
  );
}

/** The types of conditions that are there and are not wanted. */
export function superfluous(found: Status | undefined, wanted: object): string[] {
  const typesOf = (status: Status | undefined) =>
    ((status?.['conditions'] ?? []) as readonly Condition[]).map(({ type }) => type);
  const kept = new Set(typesOf(wanted as Status));
  return typesOf(found).filter((type) => !kept.has(type));
}

/** Each of ours must be there as it is. */
function conditionsDiffer(found: readonly Condition[] = [], wanted: readonly Condition[]): boolean {
  return wanted.some(
    (condition) =>
      !isSame(
        found.find(({ type }) => type === condition.type),
        condition,
      ),
  );
}

/** The order of keys is the server's. An empty object or list may be left out by it. */
function isSame(found: unknown, wanted: unknown): boolean {
  return found === undefined ? isEmpty(wanted) : sorted(found) === sorted(wanted);
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
