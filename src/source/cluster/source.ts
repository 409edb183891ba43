/**
 * Desired state from an API server: the users of one machine, and its Workstation.
 *
 * - Nobody is gone because a watch or a list does not show them: a GET must say so, of a server that has not forgotten.
 * - Nothing is read before the server has agreed that this is the agent of the machine, now or in an earlier run.
 * - While the server cannot be reached what was declared last holds, across restarts too.
 */
import type { Finding } from '../../api/conditions.ts';
import type { ApiError } from '../../kubernetes/api.ts';
import type { Renewal } from '../../kubernetes/heartbeat.ts';
import { pause, unlessAborted } from '../../kubernetes/timing.ts';
import { isOlder } from '../../kubernetes/versions.ts';
import { Kept } from '../kept.ts';
import type { DeclaredState, Source, SourceTrouble } from '../source.ts';
import type { AnyObject } from './resources.ts';
import { Absences } from './absence.ts';
import { parseKept, printKept } from './keeping.ts';
import { ClaimRefused, type ClusterSourceSetting, type Followed } from './setting.ts';
import { interpret } from './state.ts';

/** Milliseconds: changes that come together are taken together. */
const SETTLE = 5;
/** Milliseconds that a first answer is waited for where there is a state of an earlier run to work from. */
const PATIENCE = 10_000;
/** Milliseconds until a GET that failed is tried again. */
const AGAIN = 5000;

export class ClusterSource implements Source {
  readonly #setting: ClusterSourceSetting;
  readonly #kept: Kept;
  readonly #ended = new AbortController();
  readonly #ready = Promise.withResolvers<void>();
  #onChange: () => void = () => undefined;
  #isClaimed = false;
  #followed: Followed | undefined;
  /** Everybody who is declared, by name: whoever is in the store, and who is not there and not proven to be gone. */
  #users = new Map<string, AnyObject>();
  #workstation: AnyObject | undefined;
  readonly #absences: Absences;
  #current: DeclaredState | undefined;
  /** The version of the server's history that `#current` was first seen at, and what it had agreed to by then. */
  #seenAt: string | undefined;
  #renewal: Renewal | undefined;
  /** Whether whom the server lacks it may have forgotten; until that has been reckoned with. */
  #isSetBack = false;
  #unreachable: SourceTrouble | undefined;
  #invalid: SourceTrouble | undefined;
  /** What was told last, to tell only what differs. */
  #told = '';
  #cancel: (() => void) | undefined;
  #concerns: readonly Finding[] = [];

  constructor(setting: ClusterSourceSetting) {
    const { files, stateDirectory, logger, api, name, claim } = setting;
    this.#setting = setting;
    this.#absences = new Absences({
      api,
      machine: name,
      logger,
      departed: (user) => this.#followed?.users.departed(user),
      confirm: claim,
      onFound: (gone) => this.#gone(gone),
      onUnsure: () => this.#soon(AGAIN),
    });
    this.#kept = new Kept({
      files,
      path: `${stateDirectory}/cluster.json`,
      what: 'the last state of the cluster',
      logger,
    });
  }

  get current(): DeclaredState | undefined {
    return this.#current;
  }

  get trouble(): SourceTrouble | undefined {
    return this.#unreachable ?? this.#invalid ?? this.#absences.trouble;
  }

  get concerns(): readonly Finding[] {
    return this.#concerns;
  }

  /** The agent's token cannot be renewed, and why; undefined once it could. */
  credentials(trouble: string | undefined): void {
    this.#concerns =
      trouble === undefined
        ? []
        : [{ type: 'CredentialsReady', status: 'False', reason: 'TokenNotRenewed', message: trouble }];
    this.#tell();
  }

  /** The history of the server was set back: whom it lacks it may have forgotten, now or until all there is was listed anew. */
  setBack(): void {
    this.#isSetBack = true;
    this.#renewal = undefined;
    this.#reckon();
    this.#followed?.users.setBack();
  }

  /** Waits for the server, and for the Workstation, as long as there is no state of an earlier run. */
  async start(onChange: () => void, signal: AbortSignal): Promise<void> {
    const { clock, follow, logger, name } = this.#setting;
    const ended = AbortSignal.any([signal, this.#ended.signal]);
    this.#restore();
    this.#isClaimed = this.#current !== undefined;
    this.#followed = follow(
      {
        onUser: () => this.#soon(),
        onWorkstation: () => this.#soon(),
        onTrouble: (trouble) => this.#serverTrouble(trouble),
      },
      ended,
    );
    const { users, workstations } = this.#followed;
    const synced = this.#claim(ended)
      .then(() => Promise.all([users.synced(ended), workstations.synced(ended)]))
      .then(() => this.#reckon());
    const patience = Promise.withResolvers<void>();
    const cancel = clock.setTimer(patience.resolve, PATIENCE);
    await Promise.race([synced, ...(this.#current === undefined ? [] : [patience.promise])]).finally(cancel);
    if (this.#current === undefined) {
      logger.log(
        'warning',
        `read the Workstation ${name}: the API server has none by that name yet: create it`,
      );
      await unlessAborted(this.#ready.promise, ended);
    }
    this.#onChange = onChange;
    synced.catch(() => undefined);
  }

  stop(): Promise<void> {
    this.#ended.abort(new Error('the source is stopped'));
    this.#cancel?.();
    return Promise.resolve();
  }

  /** Whoever lost the right to since serves on from what is known. */
  async #claim(signal: AbortSignal): Promise<void> {
    const { claim, clock, logger } = this.#setting;
    while (!this.#isClaimed && !signal.aborted) {
      try {
        await claim();
        this.#isClaimed = true;
      } catch (error) {
        if (error instanceof ClaimRefused) throw error;
        logger.log('warning', (error as Error).message);
        await pause(clock, AGAIN, signal);
      }
    }
  }

  /** What was kept for another machine says nothing of this one. */
  #restore(): void {
    const kept = parseKept(this.#kept.load());
    if (kept?.workstation.metadata.name !== this.#setting.name) return;
    this.#users = new Map(kept.users.map((user) => [user.metadata.name, user]));
    this.#workstation = kept.workstation;
    this.#absences.lose(kept.lost);
    this.#seenAt = kept.seenAt;
    this.#renewal = this.#setting.heartbeat.renewal = kept.renewal;
    this.#interpret();
  }

  #soon(ms = SETTLE): void {
    if (this.#ended.signal.aborted) return;
    this.#cancel ??= this.#setting.clock.setTimer(() => {
      this.#cancel = undefined;
      this.#reckon();
    }, ms);
  }

  #reckon(): void {
    const { name } = this.#setting;
    if (!this.#isClaimed || !this.#followed?.users.hasSynced || !this.#followed.workstations.hasSynced)
      return;
    const { users, workstations } = this.#followed;
    const seen = new Map(users.list().map((user) => [user.metadata.name, user]));
    const missing = [...this.#users.keys()].filter((user) => !seen.has(user));
    if (this.#isSetBack || isOlder(users.version, this.#seenAt)) {
      this.#absences.lose(missing);
      this.#seenAt = users.version;
      this.#isSetBack = false;
    }
    for (const user of missing) void this.#absences.ask(user);
    for (const [user, object] of seen) {
      this.#users.set(user, object);
      this.#absences.seen(user);
    }
    this.#workstation = workstations.get(name) ?? this.#workstation;
    this.#interpret();
  }

  #interpret(): void {
    const { directory, logger } = this.#setting;
    if (this.#workstation === undefined) return;
    const objects = { users: [...this.#users.values()], workstation: this.#workstation };
    const found = interpret(objects, directory);
    if (found.kind === 'state') {
      if (this.#current?.revision !== found.state.revision) {
        this.#seenAt = this.#followed?.users.version ?? this.#seenAt;
        this.#renewal = undefined;
      }
      this.#renewal ??= this.#setting.heartbeat.renewal;
      this.#current = found.state;
      const known = { seenAt: this.#seenAt, renewal: this.#renewal, lost: this.#absences.lost };
      this.#kept.save(printKept({ ...objects, ...known }));
      this.#ready.resolve();
    } else if (found.message !== this.#invalid?.message) {
      logger.log('warning', found.message);
    }
    this.#invalid =
      found.kind === 'state' ? undefined : { reason: 'WorkstationInvalid', message: found.message };
    this.#tell();
  }

  #gone(users: readonly string[]): void {
    for (const user of users) this.#users.delete(user);
    this.#interpret();
  }

  #serverTrouble(trouble: ApiError | undefined): void {
    this.#unreachable = trouble && {
      reason: 'ServerUnreachable',
      message: `${trouble.message}: what was declared before holds`,
    };
    this.#tell();
  }

  #tell(): void {
    const { revision, unsound, barred, leaving, approval } = this.#current ?? {};
    const told = JSON.stringify([revision, unsound, barred, leaving, approval, this.trouble, this.#concerns]);
    if (told === this.#told) return;
    this.#told = told;
    this.#onChange();
  }
}
