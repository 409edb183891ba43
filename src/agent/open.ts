/** Puts an agent together from a machine, a source and a report. */
import { realClock } from '../controller/clock.ts';
import { ItemExponentialFailureLimiter } from '../controller/limiter.ts';
import type { QueueMetrics } from '../controller/metrics.ts';
import type { PassMetrics } from '../controller/passmetrics.ts';
import { WorkQueue } from '../controller/queue.ts';
import type { OpenMachine } from '../host/open.ts';
import { AuditLog } from '../report/audit/log.ts';
import { latestRecordsIn } from '../report/audit/read.ts';
import type { AuditRecord } from '../report/auditrecord.ts';
import type { Report } from '../report/report.ts';
import type { Store } from '../report/store.ts';
import type { TierIssue } from '../roster/tiers.ts';
import type { Source } from '../source/source.ts';
import type { Logger } from '../telemetry/logger.ts';
import { Agent } from './agent.ts';
import { Answers } from './answers.ts';
import { Book } from './book.ts';
import { Diary } from './diary.ts';
import type { AgentParts } from './parts.ts';
import { RETRY } from './schedule.ts';
import { tellerTo, tellReadiness } from './teller.ts';
import type { AgentInfo } from './view.ts';
import { witnesses } from './witness.ts';

export interface AgentSetting {
  readonly machine: OpenMachine;
  readonly store: Store;
  readonly source: Source;
  readonly report: Report;
  readonly log: Logger;
  readonly about: Pick<AgentInfo, 'version' | 'source'>;
  readonly tierIssues?: () => Promise<readonly TierIssue[]>;
  readonly facts: AgentParts['facts'];
  /** Milliseconds. */
  readonly resync: number;
  readonly queueMetrics?: QueueMetrics;
  readonly passMetrics?: PassMetrics;
  /** Counts what is done. */
  readonly count?: (record: AuditRecord) => void;
}

export interface OpenAgent {
  readonly agent: Agent;
  readonly answers: Answers;
  /** Writes what is left to write. */
  readonly close: () => void;
}

/** Many wait at a time, for systemd or their turn; what is heavy is bounded by the machine. */
const WORKERS = 256;

export function openAgent(setting: AgentSetting): OpenAgent {
  const { machine, store, source, report, log, tierIssues, resync, facts, queueMetrics, passMetrics, count } =
    setting;
  const clock = realClock;
  const now = (): Date => new Date();
  const diary = new Diary();
  const tell = tellerTo(diary, report, now);
  const audit = new AuditLog({
    files: machine.logFiles,
    say: (message) => log.log('warning', message),
    now,
  });
  recall(diary, machine, log);
  const book = new Book({
    store,
    report,
    clock,
    now,
    onUser: (before, after) => tellReadiness(tell, before, after),
    onTrouble: (message) => log.log('error', `keep the state: ${message}`),
  });
  const agent = new Agent({
    machine,
    source,
    book,
    diary,
    report,
    clock,
    log,
    now,
    resync,
    facts,
    random: Math.random,
    workers: WORKERS,
    ...(passMetrics === undefined ? {} : { metrics: passMetrics }),
    queue: new WorkQueue({
      clock,
      limiter: new ItemExponentialFailureLimiter(RETRY.base, RETRY.most),
      ...(queueMetrics === undefined ? {} : { metrics: queueMetrics }),
    }),
    witnessFor: witnesses({
      machine,
      now,
      log,
      diary,
      tell,
      write: (record) => audit.write(record),
      ...(count === undefined ? {} : { count }),
    }),
    flush: () => audit.flush(),
    watch: (watched, onHint) => machine.watch(watched, onHint, (message) => log.log('warning', message)),
    ...(tierIssues === undefined ? {} : { tierIssues }),
  });
  const about = { ...setting.about, pid: process.pid, startedAt: now().toISOString() };
  const answers = new Answers({ agent, book, diary, source, clock, about });
  return { agent, answers, close: () => audit.close() };
}

/** What was done lately is shown after a restart too, where that can be read; nothing depends on it. */
function recall(diary: Diary, { logFiles }: OpenMachine, log: Logger): void {
  try {
    for (const record of latestRecordsIn(logFiles))
      if (record.user !== undefined) diary.action(record.user, record);
  } catch (error) {
    const { message } = error as Error;
    log.log('warning', `read the audit back: ${message}: what was done before this start is not shown`);
  }
}
