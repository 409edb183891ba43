/** What an agent is put together from. */
import type { Hint, Watched } from '../host/watch/hint.ts';
import type { MachineWatch } from '../host/watch/machine.ts';
import type { WorkstationStatus } from '../report/record.ts';
import type { Report } from '../report/report.ts';
import type { TierIssue } from '../roster/tiers.ts';
import type { Source } from '../source/source.ts';
import type { Book } from './book.ts';
import type { Diary } from './diary.ts';
import type { ErrandsOptions } from './errands.ts';
import type { ReconcilerOptions } from './reconciler.ts';
import type { SituationOptions } from './situation.ts';
import type { WitnessFor } from './witness.ts';

export interface AgentParts extends ErrandsOptions {
  readonly machine: SituationOptions['machine'] & ReconcilerOptions['machine'];
  readonly source: Source;
  readonly book: Book;
  readonly diary: Diary;
  readonly report: Report;
  readonly witnessFor: WitnessFor;
  /** What the machine is. */
  readonly facts: Pick<WorkstationStatus, 'capacity' | 'versions'>;
  /** How the declared tiers compare with the cluster's; asked again with each resync. Best effort, never rejects. */
  readonly tierIssues?: () => Promise<readonly TierIssue[]>;
  /** Calls `onHint` when something on the machine may have changed. */
  readonly watch?: (watched: Watched, onHint: (hint: Hint) => void) => MachineWatch;
  /** Tries again to write down what could not be, with each resync. */
  readonly flush?: () => void;
  readonly now: () => Date;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Milliseconds between two looks at everybody. */
  readonly resync: number;
}
