/** From what was done to what is written down of it. */
import { escapeControls } from '../../api/text/show.ts';
import type { Done } from '../../host/machine.ts';
import type { AuditRecord } from '../../report/auditrecord.ts';
import type { Action } from '../../sections/action.ts';
import type { UnitFacts } from '../../sections/facts.ts';
import { beforeOf, subjectOf } from './subject.ts';

/** An action that has ended. */
export interface Ended {
  /** Whom it concerns; absent for the machine's own. */
  readonly person?: { readonly name: string; readonly osUser: string };
  readonly action: Action;
  readonly done: Done;
  /** Milliseconds. */
  readonly duration: number;
  readonly cause: AuditRecord['cause'];
  /** What was last seen of the unit, where the action is on one. */
  readonly unit?: UnitFacts;
  /** When it ended. */
  readonly at: Date;
}

/** UTF-16 units of a message that are kept: enough to know why. */
const LONGEST_MESSAGE = 4000;

export function recordOf({ person, action, done, duration, cause, unit, at }: Ended): AuditRecord {
  const before = beforeOf(action, unit);
  return {
    at: at.toISOString(),
    ...(person === undefined ? {} : { user: person.name, osUser: person.osUser }),
    action: action.kind,
    subject: subjectOf(action, person?.osUser ?? 'root'),
    cause,
    ...(before === undefined ? {} : { before }),
    ...endOf(done),
    duration: Math.round(duration),
  };
}

function endOf(done: Done): Pick<AuditRecord, 'result' | 'reason' | 'message'> {
  if (done.kind === 'failed')
    return { result: 'failed', reason: done.reason, message: printable(done.message) };
  return { result: 'done', ...(done.note === undefined ? {} : { message: printable(done.note) }) };
}

function printable(message: string): string {
  return escapeControls(message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message);
}
