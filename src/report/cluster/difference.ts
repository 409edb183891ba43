/** Whether a status has to be written: what others have added to it is no difference. */
import type { Condition } from '../../api/conditions.ts';

type Status = Readonly<Record<string, unknown>>;

export function differs(found: Status | undefined, wanted: object): boolean {
  if (found === undefined) return true;
  return Object.entries(wanted).some(([field, value]) =>
    field === 'conditions'
      ? conditionsDiffer(found[field] as readonly Condition[] | undefined, value as readonly Condition[])
      : !isSame(found[field], value),
  );
}

/** Each of ours must be there as it is; one of ours that went away is seen by its owner in the next apply. */
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
