/**
 * Keeps a machine as it is declared, for as long as it runs: whatever changes in what is declared, or on the machine,
 * becomes keys in a queue; workers make a pass for each key; the outcome is recorded, told, and decides what is next.
 *
 * - A change concerns only those it is about; what fails is tried again by itself, ever less often, and holds up nobody.
 * - Nobody is taken for gone before the source has been read whole, and not more people at once than the limit.
 * - Told to stop, it lets running actions finish and begins no other.
 */
import type { Finding } from '../api/conditions.ts';
import type { Clock } from '../controller/clock.ts';
import type { WorkQueue } from '../controller/queue.ts';
import { startWorkers, type Outcome, type Workers } from '../controller/workers.ts';
import { stalledReport } from '../reconcile/admit.ts';
import type { Report } from '../report/report.ts';
import type { TierIssue } from '../roster/tiers.ts';
import type { Person } from '../sections/section.ts';
import type { Source } from '../source/source.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Book } from './book.ts';
import { Causes, type Cause } from './causes.ts';
import type { Diary } from './diary.ts';
import { HintReader, type Hint } from './hints.ts';
import { leaveKey, MACHINE_KEY, parseKey, PRIORITY, userKey } from './keys.ts';
import { Reconciler, type ReconcilerOptions } from './reconciler.ts';
import { releaseHeld, type ReleaseResult } from './release.ts';
import { changedNames, type Roll } from './roll.ts';
import { retryAfter } from './schedule.ts';
import { Situation, type SituationOptions } from './situation.ts';
import { machineFindings } from './standing.ts';
import type { NextTry } from './view.ts';
import type { WitnessFor } from './witness.ts';

export interface AgentParts {
  readonly machine: SituationOptions['machine'] & ReconcilerOptions['machine'];
  readonly source: Source;
  readonly book: Book;
  readonly diary: Diary;
  readonly report: Report;
  readonly queue: WorkQueue;
  readonly clock: Clock;
  readonly log: Logger;
  readonly witnessFor: WitnessFor;
  /** How the declared tiers compare with the cluster's; asked again with each resync. Best effort, never rejects. */
  readonly tierIssues?: () => Promise<readonly TierIssue[]>;
  /** Calls `onHint` when something on the machine may have changed. */
  readonly watch?: (roll: Roll, onHint: (hint: Hint) => void) => { close(): void };
  readonly now: () => Date;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Milliseconds between two looks at everybody. */
  readonly resync: number;
  /** Passes at a time; what is heavy is bounded by the machine. */
  readonly workers: number;
}

/** Milliseconds that the machine's own pass waits for further people, so that many of them cost few passes. */
const SHORTLY = 20;

export class Agent {
  readonly #parts: AgentParts;
  readonly #reconciler: Reconciler;
  readonly #hints: HintReader;
  readonly #causes = new Causes();
  /** Keys asked for before the workers began that have had no pass yet. */
  readonly #unseen = new Set<string>();
  #situation: Situation | undefined;
  #issues: readonly TierIssue[] = [];
  #machineFinding: Finding | undefined;
  #watch: { close(): void } | undefined;
  #workers: Workers | undefined;
  #cancelResync: (() => void) | undefined;
  #nextResync: NextTry | undefined;
  readonly #draining = new AbortController();

  constructor(parts: AgentParts) {
    const { machine, book, diary, witnessFor, queue, now } = parts;
    this.#parts = parts;
    this.#hints = new HintReader(machine);
    this.#reconciler = new Reconciler({
      machine,
      book,
      diary,
      witnessFor,
      now,
      situation: () => this.situation,
      retryAfter: (key) => retryAfter(queue.numRequeues(key)),
      followUp: {
        personDone: (person, changed) => this.#personDone(person, changed),
        machineDone: (finding, filesChanged) => this.#machineDone(finding, filesChanged),
        cutMade: (osUser) => this.#cutMade(osUser),
      },
      draining: this.#draining.signal,
    });
  }

  /** @throws Error before `start` has resolved */
  get situation(): Situation {
    if (this.#situation === undefined) throw new Error('ask the agent: nothing has been read yet');
    return this.#situation;
  }

  /** When everybody is looked at though nothing changes. */
  get nextResync(): NextTry | undefined {
    return this.#nextResync;
  }

  /** Whether everybody who was declared at the start has had a pass. */
  get isReady(): boolean {
    return this.#workers !== undefined && this.#unseen.size === 0;
  }

  /** Resolves when passes are being made. @throws Error with a sentence when there is nothing to work from */
  async start(signal: AbortSignal): Promise<void> {
    const { source, queue, clock, workers } = this.#parts;
    await source.start(() => this.#declaredChanged(), signal);
    await this.#askForTiers();
    this.#declaredChanged();
    // The machine's own files come first: people's may be made from them.
    await this.#reconciler.reconcile(MACHINE_KEY, 'Declared', signal);
    this.#workers = startWorkers({
      queue,
      count: workers,
      clock,
      reconcile: (key, hurry) => this.#reconcile(key, hurry),
      onOutcome: (key, outcome) => this.#logOutcome(key, outcome),
    });
    this.#armResync();
  }

  /** @param grace milliseconds that running actions are given before they are ended */
  async stop(grace: number): Promise<void> {
    const { source, book, machine } = this.#parts;
    this.#draining.abort(new Error('the agent is stopping'));
    this.#cancelResync?.();
    this.#watch?.close();
    machine.flush();
    await source.stop();
    await this.#workers?.stop(grace);
    book.close();
  }

  /** Asks for a pass now; everybody's without a name. False when nobody is served by that name. */
  reconcile(name?: string): boolean {
    const { served } = this.situation.roll;
    if (name !== undefined && !served.has(name)) return false;
    const names = name === undefined ? [...served.keys()] : [name];
    this.#askAll(names, 'Drift', PRIORITY.change);
    this.#ask(MACHINE_KEY, 'Drift', PRIORITY.change);
    return true;
  }

  /** Lets the removals that are held go on; whom they concern. */
  approve(): readonly string[] {
    const { book, log } = this.#parts;
    const osUsers = this.situation.leavers.held?.osUsers ?? [];
    if (osUsers.length === 0) return osUsers;
    log.log('notice', `removal approved: ${osUsers.join(', ')}`);
    book.change({ approved: [...(book.state.approved ?? []), ...osUsers] });
    this.leaversChanged();
    return osUsers;
  }

  #declaredChanged(): void {
    const { source, book, machine, now } = this.#parts;
    if (source.current === undefined || this.#draining.signal.aborted) return;
    const before = this.#situation;
    const { signal: draining } = this.#draining;
    const options = { machine, keeper: book, now, draining };
    this.#situation = Situation.of(options, source.current, this.#issues, before);
    const { roll } = this.#situation;
    const { spec, metadata } = roll.workstation;
    book.about({ workstation: metadata.name, services: spec.services.map(({ name }) => name) });
    for (const stalled of roll.stalled) book.user(stalledReport(stalled));
    for (const unsound of roll.unsound) book.unsound(unsound);
    this.#askAll(changedNames(before?.roll, roll), 'Declared', PRIORITY.change);
    if (before?.roll.revision !== roll.revision) {
      this.#ask(MACHINE_KEY, 'Declared', PRIORITY.change, SHORTLY);
      this.#watchFor(roll);
    }
    this.#tellLeavers();
  }

  #watchFor(roll: Roll): void {
    this.#watch?.close();
    this.#watch = this.#parts.watch?.(roll, (hint) => void this.#hear(hint));
  }

  async #hear(hint: Hint): Promise<void> {
    for (const key of await this.#hints.keysOf(hint, this.situation)) this.#ask(key, 'Drift', PRIORITY.drift);
  }

  /** Gives free what a departed person still holds. */
  async release(osUser: string): Promise<ReleaseResult> {
    const { machine, book, witnessFor } = this.#parts;
    const { roll } = this.situation;
    const { [osUser]: cut, ...cuts } = book.state.cuts;
    const departed = { osUser, isCut: cut !== undefined, isDeclared: roll.osUsers.has(osUser) };
    const about = { osUser, cause: 'Leave', revision: roll.revision } as const;
    const result = await releaseHeld(
      machine,
      roll.workstation.spec,
      departed,
      witnessFor(about),
      this.#draining.signal,
    );
    if (result.kind === 'released') {
      book.change({ cuts });
      this.leaversChanged();
    }
    return result;
  }

  /** Who has left, or what they hold, may be other than it was. */
  leaversChanged(): void {
    this.#situation = this.#situation?.again();
    this.#tellLeavers();
  }

  #tellLeavers(): void {
    const { book, diary, report } = this.#parts;
    const { leavers, roll } = this.situation;
    for (const osUser of leavers.go) this.#ask(leaveKey(osUser), 'Leave', PRIORITY.change);
    const { approved = [] } = book.state;
    const pending = approved.filter((osUser) => leavers.go.includes(osUser));
    if (pending.length < approved.length) book.change({ approved: pending });
    for (const name of leavers.gone) {
      book.forget(name);
      diary.forget(name);
      if (roll.leaving.some((leaver) => leaver.name === name)) report.offboarded(name);
    }
    this.#say();
  }

  #personDone(person: Person, changed: boolean): void {
    this.#hints.remember(person);
    if (changed) this.#ask(MACHINE_KEY, 'Declared', PRIORITY.change, SHORTLY);
  }

  #machineDone(finding: Finding, filesChanged: boolean): void {
    this.#machineFinding = finding;
    this.#say();
    if (filesChanged) this.#askAll([...this.situation.roll.served.keys()], 'Drift', PRIORITY.drift);
  }

  #cutMade(osUser: string): void {
    const sentence = `${osUser} is cut off: services, groups and login are gone, nothing is deleted`;
    this.#parts.log.log('notice', sentence, { user: osUser });
    this.leaversChanged();
  }

  #say(): void {
    const { book, source } = this.#parts;
    book.machine(machineFindings(this.#machineFinding, source.trouble, this.situation.leavers.held));
  }

  #askAll(names: readonly string[], cause: Cause, priority: number): void {
    for (const name of names) this.#ask(userKey(name), cause, priority);
  }

  #ask(key: string, cause: Cause, priority: number, after = 0): void {
    if (this.#workers === undefined) this.#unseen.add(key);
    this.#causes.note(key, cause);
    this.#parts.queue.add(key, { priority, after });
  }

  async #reconcile(key: string, hurry: AbortSignal): Promise<Outcome> {
    try {
      return await this.#reconciler.reconcile(key, this.#causes.take(key), hurry);
    } finally {
      this.#unseen.delete(key);
    }
  }

  #armResync(): void {
    const { clock, resync, random, now } = this.#parts;
    const wait = resync * (0.9 + random() / 5);
    this.#nextResync = {
      at: new Date(now().getTime() + wait).toISOString(),
      why: 'everybody is looked at again',
    };
    this.#cancelResync = clock.setTimer(() => void this.#resync(), wait);
  }

  async #resync(): Promise<void> {
    this.#armResync();
    await this.#askForTiers();
    this.#declaredChanged();
    this.#askAll([...this.situation.roll.served.keys()], 'Drift', PRIORITY.resync);
    this.#ask(MACHINE_KEY, 'Drift', PRIORITY.resync);
  }

  async #askForTiers(): Promise<void> {
    this.#issues = (await this.#parts.tierIssues?.()) ?? [];
  }

  #logOutcome(key: string, outcome: Outcome): void {
    if (outcome.kind !== 'failed') return;
    this.#causes.note(key, parseKey(key).kind === 'leave' ? 'Leave' : 'Retry');
    const { error } = outcome;
    this.#parts.log.log('warning', `${key}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
