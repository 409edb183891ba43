/**
 * What the agent knows of everybody: the state that outlives it. What did not change is told to nobody and written
 * nowhere; what changed is told at once and written soon, and what must not be lost is written before it is done.
 */
import { mergeConditions, type Finding } from '../api/conditions.ts';
import { API_VERSION } from '../api/user.ts';
import type { Clock } from '../controller/clock.ts';
import type { RecordedMeta, RecordedUser, State } from '../report/record.ts';
import type { Report } from '../report/report.ts';
import {
  locksAfter,
  recordOfUser,
  recordOfWorkstation,
  undoing,
  type PassReport,
  type UserReport,
} from '../report/update.ts';
import type { StateKeeper } from '../reconcile/cutoff.ts';
import { findingsOfStalled } from '../reconcile/findings.ts';
import type { Unsound } from '../source/source.ts';
import type { WatchEvent } from './view.ts';

export interface BookOptions {
  readonly store: { load(): State; save(state: State): unknown };
  readonly report: Report;
  readonly clock: Clock;
  now(): Date;
  /** A person stands otherwise than before. */
  readonly onUser?: (before: RecordedUser | undefined, after: RecordedUser) => void;
  /** The state could not be written; it is tried again after the next change, and after a while. */
  onTrouble(message: string): void;
}

/** What is said of the machine as a whole. */
export interface MachineSaid {
  readonly findings: readonly Finding[];
  /** Of the policy that the machine was last found to be like, or not; absent before the first pass. */
  readonly generation: number | undefined;
  /** OS users whose removal waits for an approval. */
  readonly heldRemovals: readonly string[] | undefined;
}

/** Milliseconds from a change to the write that holds it and all that came meanwhile. */
const SOON = 200;
const AGAIN = 10_000;

export class Book implements StateKeeper {
  readonly #options: BookOptions;
  #state: State;
  #about: Pick<PassReport, 'workstation' | 'services' | 'facts'> = { workstation: '', services: [] };
  #machine: MachineSaid = { findings: [], generation: undefined, heldRemovals: undefined };
  /** Calls off the write to come; absent when all is written. */
  #cancel: (() => void) | undefined;
  readonly #listeners = new Set<(event: WatchEvent) => void>();
  /** Names of those who were reported since the start. */
  readonly #told = new Set<string>();
  #isMachineTold = false;
  readonly #onChange = new Set<() => void>();

  constructor(options: BookOptions) {
    this.#options = options;
    this.#state = options.store.load();
  }

  get state(): State {
    return this.#state;
  }

  load(): State {
    return this.#state;
  }

  /** On the disk when it returns. @throws Error when it could not be written */
  save(state: State): void {
    const before = this.#state;
    this.#state = state;
    for (const [name, user] of Object.entries(before.users))
      if (!Object.hasOwn(state.users, name)) this.#gone(user);
    this.#write();
    this.#countUsers();
  }

  /**
   * For these passes are made from now on. It is on the disk before an account is made, handed on, or unlocked, so that
   * none is left when they go meanwhile.
   */
  begin(people: readonly { readonly name: string; readonly osUser: string }[]): void {
    const { users, begun = {} } = this.#state;
    const fresh = people.filter(
      ({ name, osUser }) => users[name]?.status.uid === undefined && begun[osUser] !== name,
    );
    const cuts = undoing(
      this.#state.cuts,
      people.map(({ osUser }) => osUser),
    );
    if (fresh.length === 0 && cuts === this.#state.cuts) return;
    const added = Object.fromEntries(fresh.map(({ name, osUser }) => [osUser, name]));
    this.#state = { ...this.#state, cuts, ...(fresh.length > 0 ? { begun: { ...begun, ...added } } : {}) };
    this.#writeOrTell();
  }

  /** How a person stands after a pass. */
  user(report: UserReport): void {
    const before = this.#before(report.user.metadata);
    const now = this.#options.now();
    const record = recordOfUser(before, report, now);
    this.#locks(locksAfter(this.#state, [report], now));
    this.put(record);
  }

  /** Somebody whose declaration cannot be read: what was declared before stays shown, with why it is not followed. */
  unsound({ name, osUser, reason, message }: Unsound): void {
    const now = this.#options.now();
    const { [name]: before = unknownUser(name, osUser, now) } = this.#state.users;
    const conditions = mergeConditions(before.status.conditions, findingsOfStalled(reason, message), now);
    this.put({ ...before, status: { ...before.status, conditions } });
  }

  #locks(locks: Pick<State, 'cuts' | 'suspended'>): void {
    const { cuts, suspended } = this.#state;
    if (isSame({ cuts, suspended }, locks)) return;
    this.#state = { ...this.#state, ...locks };
    this.#saveSoon();
  }

  put(record: RecordedUser): void {
    const { name } = record.metadata;
    const isNew = this.#state.users[name] === undefined;
    const before = this.#before(record.metadata);
    const isKnown = before !== undefined && isSame(before, record);
    // Somebody else may have said otherwise while this program did not run.
    if (!isKnown || !this.#told.has(name)) this.#options.report.user(record);
    this.#told.add(name);
    if (isKnown) return;
    this.#state = { ...this.#withBegun(record), users: { ...this.#state.users, [name]: record } };
    this.#options.onUser?.(before, record);
    this.#tell({ type: isNew ? 'ADDED' : 'MODIFIED', object: record });
    this.#countUsers();
    this.#saveSoon();
  }

  /** Until a record tells of the account, one that was begun, or made for an object of that name before, is kept in mind. */
  #withBegun({ metadata: { name }, status }: RecordedUser): State {
    if (status.uid !== undefined) return withoutBegun(this.#state, name);
    const had = this.#state.users[name]?.status;
    if (had?.uid === undefined) return this.#state;
    return { ...this.#state, begun: { ...this.#state.begun, [had.osUser]: name } };
  }

  /** What was said of the same object: whoever was deleted and made again begins anew. */
  #before({
    name,
    uid,
  }: Pick<RecordedMeta, 'name'> & { readonly uid?: string | undefined }): RecordedUser | undefined {
    const before = this.#state.users[name];
    const known = before?.metadata.uid;
    return known === undefined || known === uid ? before : undefined;
  }

  /** Nobody by that name is known any more, and nothing has to be undone. */
  forget(name: string): void {
    const { [name]: gone, ...users } = this.#state.users;
    const hasBegun = Object.values(this.#state.begun ?? {}).includes(name);
    if (gone === undefined && !hasBegun) return;
    this.#state = { ...withoutBegun(this.#state, name), users };
    if (gone !== undefined) this.#gone(gone);
    this.#countUsers();
    this.#saveSoon();
  }

  /** What the machine is called, and which services it has. */
  about(about: Pick<PassReport, 'workstation' | 'services' | 'facts'>): void {
    this.#about = about;
  }

  machine(said: MachineSaid): void {
    this.#machine = said;
    this.#countUsers();
  }

  change(change: Partial<Pick<State, 'cuts' | 'approved' | 'heeded'>>): void {
    this.#state = { ...this.#state, ...change };
    this.#saveSoon();
  }

  /** @param go OS users whose cut is still to be made: what was approved for others has been done */
  useUpApprovals(go: readonly string[]): void {
    const { approved = [] } = this.#state;
    const pending = approved.filter((osUser) => go.includes(osUser));
    if (pending.length < approved.length) this.change({ approved: pending });
  }

  watch(listener: (event: WatchEvent) => void): () => void {
    for (const object of Object.values(this.#state.users)) listener({ type: 'ADDED', object });
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Called after every change of anything that is known. */
  onChange(listener: () => void): () => void {
    this.#onChange.add(listener);
    return () => this.#onChange.delete(listener);
  }

  close(): void {
    if (this.#cancel !== undefined) this.#writeOrTell();
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #countUsers(): void {
    if (this.#machine.findings.length === 0) return;
    const { workstation: before, users } = this.#state;
    const about = { ...this.#about, ...saidOf(this.#machine) };
    const record = recordOfWorkstation(before, about, Object.values(users), this.#options.now());
    const isKnown = before !== undefined && isSame(before, record);
    if (!isKnown || !this.#isMachineTold) this.#options.report.workstation(record);
    this.#isMachineTold = true;
    if (isKnown) return;
    this.#state = { ...this.#state, workstation: record };
    this.#saveSoon();
  }

  #gone(object: RecordedUser): void {
    this.#told.delete(object.metadata.name);
    this.#tell({ type: 'DELETED', object });
  }

  #tell(event: WatchEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #saveSoon(ms = SOON): void {
    for (const listener of this.#onChange) listener();
    this.#cancel ??= this.#options.clock.setTimer(() => this.#writeOrTell(), ms);
  }

  #writeOrTell(): void {
    try {
      this.#write();
    } catch (error) {
      this.#options.onTrouble((error as Error).message);
      this.#saveSoon(AGAIN);
    }
  }

  #write(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#options.store.save(this.#state);
  }
}

function saidOf({ findings, generation, heldRemovals = [] }: MachineSaid) {
  return { machine: findings, heldRemovals, ...(generation === undefined ? {} : { generation }) };
}

/** Nothing that can be read is known of what is declared. */
function unknownUser(name: string, osUser = name, now: Date): RecordedUser {
  const creationTimestamp = now.toISOString().replace(/\.\d+Z$/, 'Z');
  return {
    apiVersion: API_VERSION,
    kind: 'WorkstationUser',
    metadata: { name, generation: 0, creationTimestamp },
    spec: {},
    status: { observedGeneration: 0, osUser, ports: {}, conditions: [] },
  };
}

function withoutBegun({ begun = {}, ...state }: State, name: string): State {
  const left = Object.entries(begun).filter(([, one]) => one !== name);
  return left.length === 0 ? state : { ...state, begun: Object.fromEntries(left) };
}

function isSame(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
