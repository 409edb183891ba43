/**
 * Keeps a machine as it is declared, for as long as it runs: whatever changes in what is declared, or on the machine,
 * becomes keys in a queue; workers make a pass for each key; the outcome is recorded, told, and decides what is next.
 *
 * - A change concerns only those it is about; what fails is tried again by itself, ever less often, and holds up nobody.
 * - Nobody is taken for gone before the source has been read whole, and not more people at once than the limit.
 * - Told to stop, it lets running actions finish and begins no other.
 */
import type { Hint } from '../host/watch/hint.ts';
import type { MachineWatch } from '../host/watch/machine.ts';
import { stalledReport } from '../reconcile/admit.ts';
import type { TierIssue } from '../roster/tiers.ts';
import type { Person } from '../sections/section.ts';
import type { Approval } from '../source/source.ts';
import { Errands } from './errands.ts';
import { HintReader } from './hints.ts';
import { Insistence } from './insistence.ts';
import { leaveKey, MACHINE_KEY, PRIORITY } from './keys.ts';
import type { AgentParts } from './parts.ts';
import { Reconciler, type MachineChange, type PersonChange } from './reconciler.ts';
import { release, type ReleaseResult } from './release.ts';
import { Resync } from './resync.ts';
import { changedNames } from './roll.ts';
import { retryAfter } from './schedule.ts';
import { refuseSuperseded } from './superseded.ts';
import { Situation } from './situation.ts';
import { machineFindings } from './standing.ts';
import type { NextTry } from './view.ts';
import { watchedOf } from './watched.ts';

/** Milliseconds that the machine's own pass waits for further people, so that many of them cost few passes. */
const SHORTLY = 20;

export class Agent {
  readonly #parts: AgentParts;
  readonly #reconciler: Reconciler;
  readonly #hints: HintReader;
  readonly #errands: Errands;
  readonly #resync: Resync;
  #situation: Situation | undefined;
  #issues: readonly TierIssue[] = [];
  /** What its last pass came to. */
  #machineDid: MachineChange | undefined;
  #watch: MachineWatch | undefined;
  readonly #draining = new AbortController();
  /** What happens on its own, with nobody to hear that it failed. */
  readonly #toDo: Readonly<Record<'declared' | 'leavers' | 'watch' | 'everybody', Insistence>>;

  constructor(parts: AgentParts) {
    const { machine, queue } = parts;
    this.#parts = parts;
    this.#hints = new HintReader(machine);
    this.#errands = new Errands(parts);
    const toDo = {
      declared: new Insistence(parts, 'follow what is declared', () => this.#declaredChanged()),
      leavers: new Insistence(parts, 'see who has left', () => this.#lookForLeavers()),
      watch: new Insistence(parts, 'watch the machine', () => this.#watchMachine()),
      everybody: new Insistence(parts, 'look at everybody', () => this.#lookAtEverybody()),
    };
    this.#toDo = toDo;
    this.#resync = new Resync({ ...parts, interval: parts.resync, run: () => toDo.everybody.ask() });
    this.#reconciler = new Reconciler({
      ...parts,
      situation: () => this.#known,
      retryAfter: (key) => retryAfter(queue.numRequeues(key)),
      followUp: {
        personDone: (person, change) => this.#personDone(person, change),
        machineDone: (change) => this.#machineDone(change),
        personLeft: () => this.leaversChanged(),
        cutMade: () => this.leaversChanged(),
      },
      draining: this.#draining.signal,
    });
  }

  /** Absent before anything was read. */
  get situation(): Situation | undefined {
    return this.#situation;
  }

  /** When everybody is looked at though nothing changes. */
  get nextResync(): NextTry | undefined {
    return this.#resync.next;
  }

  /** Whether everybody who was declared at the start has had a pass. */
  get isReady(): boolean {
    return this.#errands.isThrough;
  }

  /** Resolves when passes are being made. @throws Error with a sentence when there is nothing to work from */
  async start(signal: AbortSignal): Promise<void> {
    const { source } = this.#parts;
    await source.start(() => this.#toDo.declared.ask(), signal);
    await this.#askForTiers();
    this.#declaredChanged();
    await refuseSuperseded(this.#parts.machine, this.#known.roll.workstation.spec);
    // The machine's own files come first: people's may be made from them.
    await this.#reconciler.reconcile(MACHINE_KEY, 'Declared', signal);
    this.#errands.start((key, cause, hurry) => this.#reconciler.reconcile(key, cause, hurry));
    this.#resync.start();
  }

  /** @param grace milliseconds that running actions are given before they are ended */
  async stop(grace: number): Promise<void> {
    const { source, book, machine } = this.#parts;
    this.#draining.abort(new Error('the agent is stopping'));
    this.#resync.stop();
    for (const one of Object.values(this.#toDo)) one.stop();
    await this.#watch?.close();
    machine.flush();
    await source.stop();
    await this.#errands.stop(grace);
    book.close();
  }

  /** Asks for a pass now; everybody's without a name. False when nobody is served by that name. */
  reconcile(name?: string): boolean {
    const served = this.#situation?.roll.served;
    if (served === undefined || (name !== undefined && !served.has(name))) return false;
    this.#errands.askForUsers(name === undefined ? served.keys() : [name], 'Drift', PRIORITY.change);
    this.#errands.ask(MACHINE_KEY, 'Drift', PRIORITY.change);
    return true;
  }

  /** Watches are asked for again: whatever kept the kernel from giving them may be over. */
  watchAgain(): void {
    this.#toDo.watch.ask();
  }

  /** Lets the removals that are held go on, or those of them that somebody has named; whom they concern. */
  approve(named?: readonly string[]): readonly string[] {
    const { book, log } = this.#parts;
    const held = this.#situation?.leavers.held?.osUsers ?? [];
    const osUsers = named === undefined ? held : held.filter((osUser) => named.includes(osUser));
    if (osUsers.length === 0) return osUsers;
    log.log('notice', `removal approved: ${osUsers.join(', ')}`);
    book.change({ approved: [...(book.state.approved ?? []), ...osUsers] });
    this.leaversChanged();
    return osUsers;
  }

  #declaredChanged(): void {
    const { source, book, machine, now, facts } = this.#parts;
    if (source.current === undefined || this.#draining.signal.aborted) return;
    const before = this.#situation;
    const options = { machine, keeper: book, now, draining: this.#draining.signal };
    this.#situation = Situation.of(options, source.current, this.#issues, before);
    const { roll } = this.#situation;
    // First what would not be found again if the rest had to be repeated.
    this.#errands.askForUsers(changedNames(before?.roll, roll), 'Declared', PRIORITY.change);
    if (before?.roll.revision !== roll.revision) {
      this.#errands.ask(MACHINE_KEY, 'Declared', PRIORITY.change, SHORTLY);
      this.#toDo.watch.ask();
    }
    const { spec, metadata } = roll.workstation;
    book.about({ workstation: metadata.name, services: spec.services.map(({ name }) => name), facts });
    book.begin(this.#situation.served);
    for (const stalled of roll.stalled) book.user(stalledReport(stalled));
    for (const unsound of roll.unsound) book.unsound(unsound);
    this.#tellLeavers();
    this.#heed(source.current.approval);
  }

  /** Each once: whoever is gone and declared again, and is gone once more, is not meant by an old one. */
  #heed(approval: Approval | undefined): void {
    const { book } = this.#parts;
    if (approval?.text === book.state.heeded) return;
    book.change({ heeded: approval?.text });
    if (approval !== undefined) this.approve(approval.osUsers);
  }

  #watchMachine(): void {
    if (this.#draining.signal.aborted || this.#situation === undefined) return;
    const watched = watchedOf(this.#situation.desires);
    if (this.#watch === undefined)
      this.#watch = this.#parts.watch?.(watched, (hint) => void this.#hear(hint));
    else this.#watch.update(watched);
  }

  /** A hint that cannot be understood may be about anybody. */
  async #hear(hint: Hint): Promise<void> {
    try {
      for (const key of await this.#hints.keysOf(hint, this.#known))
        this.#errands.ask(key, 'Drift', PRIORITY.drift);
    } catch {
      this.#toDo.everybody.ask();
    }
  }

  get #known(): Situation {
    if (this.#situation === undefined) throw new Error('ask the agent: nothing has been read yet: ask again');
    return this.#situation;
  }

  /** Gives free what a departed person still holds. */
  async release(osUser: string): Promise<ReleaseResult> {
    const { roll } = this.#known;
    const result = await release(this.#parts, roll, osUser, this.#draining.signal);
    if (result.kind === 'released') this.leaversChanged();
    return result;
  }

  /** Who has left, or what they hold, may be other than it was. */
  leaversChanged(): void {
    this.#toDo.leavers.ask();
  }

  #lookForLeavers(): void {
    this.#situation = this.#situation?.again();
    // Whoever was declared again while they were cut off.
    this.#parts.book.begin(this.#known.served);
    this.#tellLeavers();
  }

  #tellLeavers(): void {
    const { book, diary, report } = this.#parts;
    const { leavers, roll } = this.#known;
    for (const osUser of leavers.go) this.#errands.ask(leaveKey(osUser), 'Leave', PRIORITY.change);
    book.useUpApprovals(leavers.go);
    // What is being made for somebody must go as well, once it is there.
    for (const name of leavers.gone.filter((name) => !this.#reconciler.isBusy(name))) {
      book.forget(name);
      diary.forget(name);
      this.#hints.forget(name);
      if (roll.leaving.some((leaver) => leaver.name === name)) report.offboarded(name);
    }
    this.#say();
  }

  #personDone(person: Person, { isNew, done }: PersonChange): void {
    if (isNew || done > 0) this.#errands.ask(MACHINE_KEY, 'Declared', PRIORITY.change, SHORTLY);
    if (isNew) this.#toDo.watch.ask();
    this.#hints.remember(person);
  }

  #machineDone(change: MachineChange): void {
    this.#machineDid = change;
    this.#say();
    if (change.filesChanged) this.#errands.askForUsers(this.#served(), 'Drift', PRIORITY.drift);
  }

  #say(): void {
    const { book, source } = this.#parts;
    const { finding, generation } = this.#machineDid ?? {};
    const { held } = this.#known.leavers;
    const findings = machineFindings(finding, source.trouble, held, source.concerns);
    book.machine({ findings, generation, heldRemovals: held?.osUsers });
  }

  async #lookAtEverybody(): Promise<void> {
    const { book, diary, flush } = this.#parts;
    flush?.();
    diary.keepOnly((name) => Object.hasOwn(book.state.users, name));
    await this.#askForTiers();
    this.#declaredChanged();
    this.#errands.askForUsers(this.#served(), 'Drift', PRIORITY.resync);
    this.#errands.ask(MACHINE_KEY, 'Drift', PRIORITY.resync);
  }

  #served(): Iterable<string> {
    return this.#known.roll.served.keys();
  }

  async #askForTiers(): Promise<void> {
    this.#issues = (await this.#parts.tierIssues?.()) ?? [];
  }
}
