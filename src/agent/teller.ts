/** Tells what happened: to whoever describes a person, and to the API server. */
import { isReady } from '../report/update.ts';
import type { RecordedUser } from '../report/record.ts';
import type { AgentEvent, Report } from '../report/report.ts';
import type { Diary } from './diary.ts';

/** @param user metadata.name; the machine when left out */
export type Teller = (type: AgentEvent['type'], reason: string, message: string, user?: string) => void;

export function tellerTo(diary: Diary, report: Report, now: () => Date): Teller {
  return (type, reason, message, user) => {
    const at = now().toISOString();
    const event = { type, reason, action: 'Reconcile', message, at, ...(user === undefined ? {} : { user }) };
    if (user !== undefined) diary.event(user, event);
    report.event(event);
  };
}

/** Becoming Ready, and being it no more, is news; staying so is not. */
export function tellReadiness(tell: Teller, before: RecordedUser | undefined, after: RecordedUser): void {
  const conditions = after.status.conditions;
  const was = before !== undefined && isReady(before.status.conditions);
  const is = isReady(conditions);
  const ready = conditions.find(({ type }) => type === 'Ready');
  if (is && !was) tell('Normal', 'Ready', 'everything is as declared', after.metadata.name);
  if (!is && (was || before === undefined) && ready !== undefined)
    tell('Warning', ready.reason, ready.message, after.metadata.name);
}
