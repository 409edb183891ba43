/** Where outcomes go, beside the state directory: nowhere more on a machine of its own, to the API server in a cluster. */
import type { RecordedUser, RecordedWorkstation } from './record.ts';

/** Something that happened, as events.k8s.io/v1 tells it. */
export interface AgentEvent {
  readonly type: 'Normal' | 'Warning';
  /** CamelCase: why it was done or said, e.g. DriftRepaired, AccountCreated, CloneFailed. */
  readonly reason: string;
  /** CamelCase: what was done, e.g. Reconcile, Offboard. */
  readonly action: string;
  /** One printable line without secrets. */
  readonly message: string;
  /** metadata.name of the user it is about; the machine when left out. */
  readonly user?: string;
  /** RFC 3339. */
  readonly at: string;
}

/** Nothing here rejects or blocks a pass: a report that cannot be delivered is kept, newest first, and tried again. */
export interface Report {
  /** How a user stands; called when it differs from what was said last. */
  user(record: RecordedUser): void;
  workstation(record: RecordedWorkstation): void;
  event(event: AgentEvent): void;
  /** Somebody who is being deleted: nothing of theirs is left to be cut, as a look at the machine showed. */
  offboarded(name: string): void;
  /** Delivers what it can before `signal` fires, then lets go. */
  close(signal: AbortSignal): Promise<void>;
}

/** A machine of its own has nobody to report to. */
export const NO_REPORT: Report = {
  user: () => undefined,
  workstation: () => undefined,
  event: () => undefined,
  offboarded: () => undefined,
  close: () => Promise.resolve(),
};
