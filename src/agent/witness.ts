/** What watches a pass of the agent: whatever was done is written down, logged, counted, and told as an event. */
import type { Machine } from '../host/machine.ts';
import { Auditor } from '../reconcile/audit/auditor.ts';
import type { Witness } from '../reconcile/perform.ts';
import type { AuditRecord } from '../report/auditrecord.ts';
import type { Level, Logger } from '../telemetry/logger.ts';
import type { Cause } from './causes.ts';
import type { Diary } from './diary.ts';
import type { Teller } from './teller.ts';

/** What a pass is about. */
export interface About {
  /** metadata.name; absent for the machine, and for whoever is declared no more. */
  readonly name?: string;
  readonly osUser?: string;
  readonly cause: Cause;
  /** Of the source that the pass works from. */
  readonly revision: string;
}

export type WitnessFor = (about: About) => Witness;

export interface WitnessOptions {
  readonly machine: Pick<Machine, 'units'>;
  readonly now: () => Date;
  readonly log: Logger;
  readonly diary: Diary;
  readonly tell: Teller;
  /** Takes what is written down; must not throw. */
  readonly write: (record: AuditRecord) => void;
  /** Counts what was done. */
  readonly count?: (record: AuditRecord) => void;
}

export function witnesses(options: WitnessOptions): WitnessFor {
  return ({ name, cause, revision }) =>
    new Auditor({
      machine: options.machine,
      now: options.now,
      revision,
      kindOf: () => cause,
      nameOf: () => name,
      write: (record) => note(options, record),
    });
}

function note({ log, diary, tell, write, count }: WitnessOptions, record: AuditRecord): void {
  const { user, action, subject, cause, result, reason, message, duration } = record;
  write(record);
  count?.(record);
  if (user !== undefined) diary.action(user, record);
  const level: Level = result === 'failed' ? 'warning' : 'info';
  log.log(level, sentenceOf(record), {
    ...(record.osUser === undefined ? {} : { user: record.osUser }),
    action,
    subject,
    section: cause.section,
    cause: cause.kind,
    duration,
    ...(reason === undefined ? {} : { reason }),
  });
  if (result === 'failed') tell('Warning', reason ?? 'ActionFailed', message ?? sentenceOf(record), user);
  else if (cause.kind === 'Drift')
    tell('Normal', 'DriftRepaired', `${cause.section}: ${repairOf(record)}`, user);
  else if (action === 'create-account')
    tell('Normal', 'AccountCreated', `created the account ${subject}`, user);
}

function sentenceOf({ action, subject, result, message }: AuditRecord): string {
  if (result === 'failed') return message ?? `${action} ${subject} failed`;
  return `${action} ${subject}${message === undefined ? '' : `: ${message}`}`;
}

function repairOf({ action, subject, before }: AuditRecord): string {
  return `${action} ${subject}${before === undefined ? '' : `, which was ${before}`}`;
}
