/** Why each pass is made, for the audit and for events: the first reason since the last pass counts most. */
import type { AuditRecord } from '../report/auditrecord.ts';

export type Cause = AuditRecord['cause']['kind'];

/** What tells most comes first: a change explains what drift would only describe. */
const TELLING: readonly Cause[] = ['Leave', 'Declared', 'Drift', 'Retry'];

export class Causes {
  readonly #byKey = new Map<string, Cause>();

  note(key: string, cause: Cause): void {
    const before = this.#byKey.get(key);
    if (before === undefined || TELLING.indexOf(cause) < TELLING.indexOf(before)) this.#byKey.set(key, cause);
  }

  /** Why the pass that begins now is made; one that nobody asked for repairs what drifted unseen. */
  take(key: string): Cause {
    const cause = this.#byKey.get(key) ?? 'Drift';
    this.#byKey.delete(key);
    return cause;
  }
}
