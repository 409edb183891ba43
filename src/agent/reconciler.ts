/** What happens for a key: the pass, what is recorded of it, and what follows from it. */
import type { Finding } from '../api/conditions.ts';
import { osUserOf } from '../api/user.ts';
import type { Outcome } from '../controller/workers.ts';
import { findingsOf } from '../reconcile/findings.ts';
import { brokenOff, type Reconciled } from '../reconcile/person.ts';
import type { Witness } from '../reconcile/perform.ts';
import { portsOf, type Person } from '../sections/section.ts';
import type { Book } from './book.ts';
import type { Cause } from './causes.ts';
import type { Diary } from './diary.ts';
import { parseKey } from './keys.ts';
import { verdictOf } from './schedule.ts';
import { Turns } from './turns.ts';
import type { Situation } from './situation.ts';
import type { WitnessFor } from './witness.ts';

export interface ReconcilerOptions {
  readonly machine: { lookUp(osUsers: readonly string[]): Promise<void> };
  readonly book: Book;
  readonly diary: Diary;
  readonly witnessFor: WitnessFor;
  readonly situation: () => Situation;
  /** Milliseconds that one more failure of a key makes it wait. */
  readonly retryAfter: (key: string) => number;
  readonly now: () => Date;
  readonly followUp: FollowUp;
  /** Once aborted no action begins, and what a pass then finds is not recorded. */
  readonly draining: AbortSignal;
}

/** What the outcome of one key means for others. */
export interface FollowUp {
  /** Somebody's pass is through, and the machine as a whole may have to follow. */
  personDone(person: Person, change: PersonChange): void;
  /** Somebody went while a pass was made for them. */
  personLeft(): void;
  /** Files that people's are made from may be other ones. */
  machineDone(change: MachineChange): void;
  cutMade(): void;
}

export interface PersonChange {
  /** It was the first since the person came. */
  readonly isNew: boolean;
  /** How many actions succeeded. */
  readonly done: number;
}

export interface MachineChange {
  readonly finding: Finding;
  readonly filesChanged: boolean;
  /** Of the policy that the pass was made for, where an API server counts them. */
  readonly generation: number | undefined;
}

const NOTHING: Outcome = { kind: 'done' };

export class Reconciler {
  readonly #options: ReconcilerOptions;
  /** By OS user: whoever works on the account. A pass and a cut of one person are never made side by side. */
  readonly #turns = new Turns();
  /** By metadata.name. */
  readonly #busy = new Set<string>();

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  reconcile(key: string, cause: Cause, hurry: AbortSignal): Promise<Outcome> {
    const work = parseKey(key);
    switch (work.kind) {
      case 'user':
        return this.#user(key, work.name, cause, hurry);
      case 'leave':
        return this.#leave(work.osUser, hurry);
      case 'machine':
        return this.#machine(cause, hurry);
    }
  }

  /** Whether a pass is made for somebody at the moment. */
  isBusy(name: string): boolean {
    return this.#busy.has(name);
  }

  async #user(key: string, name: string, cause: Cause, hurry: AbortSignal): Promise<Outcome> {
    const { machine, diary, situation, retryAfter, now, draining } = this.#options;
    const user = situation().roll.served.get(name);
    if (user === undefined) return NOTHING;
    await machine.lookUp([osUserOf(user)]);
    const person = situation().desires.person(name);
    if (person === undefined) return NOTHING;
    const seen = await this.#turns.take(person.osUser, () => this.#pass(person, cause, hurry));
    if (seen === undefined || draining.aborted) return NOTHING;
    this.#record(person, seen);
    const { outcome, next } = verdictOf(seen, now().getTime(), retryAfter(key));
    diary.next(name, next);
    return outcome;
  }

  async #pass(person: Person, cause: Cause, hurry: AbortSignal): Promise<Reconciled | undefined> {
    const { name, osUser } = person;
    const { book, diary, situation } = this.#options;
    if (!situation().roll.served.has(name)) return undefined;
    const isFirst = book.state.users[name] === undefined;
    const witness = this.#witness({ name, osUser, cause: isFirst ? 'Declared' : cause });
    this.#busy.add(name);
    diary.busy(name, true);
    try {
      return await situation().passes.user(person, witness, hurry).catch(brokenOff);
    } finally {
      this.#busy.delete(name);
      diary.busy(name, false);
    }
  }

  #record(person: Person, seen: Reconciled): void {
    const { book, situation, followUp } = this.#options;
    const user = situation().roll.served.get(person.name);
    const isNew = situation().arrived(person.osUser);
    if (user !== undefined) {
      const uid = situation().uidOf(person.osUser);
      const findings = findingsOf(seen);
      book.user({
        user,
        ports: portsOf(person),
        findings,
        acted: seen.acted,
        ...(uid === undefined ? {} : { uid }),
      });
    }
    followUp.personDone(person, { isNew, done: seen.done });
    if (user === undefined) followUp.personLeft();
  }

  async #machine(cause: Cause, hurry: AbortSignal): Promise<Outcome> {
    const { situation, followUp, draining } = this.#options;
    const { passes, leavers, roll } = situation();
    const { generation } = roll.workstation.metadata;
    const { finding, filesChanged } = await passes.machine(
      leavers.held?.message,
      this.#witness({ cause }),
      hurry,
    );
    if (draining.aborted) return NOTHING;
    followUp.machineDone({ finding, filesChanged, generation });
    return finding.status === 'True' ? NOTHING : { kind: 'failed', error: finding.message };
  }

  async #leave(osUser: string, hurry: AbortSignal): Promise<Outcome> {
    const { situation, followUp, draining } = this.#options;
    const leavers = () => situation().leavers;
    const result = await this.#turns.take(osUser, () =>
      situation().passes.leave(osUser, leavers, this.#witness({ osUser, cause: 'Leave' }), hurry),
    );
    if (result === undefined || draining.aborted) return NOTHING;
    if (result.kind === 'failed') return { kind: 'failed', error: result.messages.join('; ') };
    followUp.cutMade();
    return NOTHING;
  }

  #witness(about: { name?: string; osUser?: string; cause: Cause }): Witness {
    const { situation, witnessFor } = this.#options;
    return witnessFor({ ...about, revision: situation().roll.revision });
  }
}
