/** What a candidate knows of the Lease that it stands for, and what it asks of the server about it. */
import { uptime } from 'node:os';
import { realClock } from '../controller/clock.ts';
import type { Clock } from '../controller/clock.ts';
import { ApiError } from './api.ts';
import { ELECTION } from './election.ts';
import type { ElectionTimes, ElectorOptions } from './election.ts';
import { leasesOf, microTime, newLease } from './leases.ts';
import type { Lease, LeaseSpec } from './leases.ts';
import { limit, pause, unlessAborted } from './timing.ts';

/** As client-go spreads the attempts of those who wait: up to so much of the period on top of it. */
const JITTER = 1.2;

export class Candidate {
  readonly #options: ElectorOptions;
  readonly #times: ElectionTimes;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #wall: () => number;
  readonly #sinceBoot: () => number;
  /** The Lease as it was seen last, and when, by our clock, it was first seen like that. */
  #seen: { readonly lease: Lease; readonly at: number } | undefined;
  /** When the renewal began that was the last to succeed: others wait at least from then. */
  #renewed = { clock: -Infinity, sinceBoot: -Infinity };
  #leader: string | undefined;

  constructor(options: ElectorOptions) {
    this.#options = options;
    this.#times = options.times ?? ELECTION;
    this.#clock = options.clock ?? realClock;
    this.#random = options.random ?? Math.random;
    this.#wall = options.wall ?? Date.now;
    this.#sinceBoot = options.sinceBoot ?? (() => uptime() * 1000);
  }

  /** Resolves with true once it has the Lease, with false once `signal` fires. */
  async wins(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      if (await this.#tries()) return true;
      await pause(this.#clock, this.#times.retryPeriod * (1 + this.#random() * JITTER), signal);
    }
    return false;
  }

  /** Renews it; resolves with true once `ended` fires, with false when it can no longer count on having it. */
  async holds(ended: AbortSignal): Promise<boolean> {
    for (;;) {
      await pause(this.#clock, Math.max(0, Math.min(this.#times.retryPeriod, this.#left())), ended);
      if (ended.aborted) return true;
      if (this.#left() <= 0) return false;
      const time = limit(this.#clock, this.#left(), ended);
      try {
        await unlessAborted(this.#tries(), time.signal);
      } catch {
        // Time is up, which the next turn finds, or the work has ended.
      } finally {
        time.end();
      }
      if (this.#isSomebodyElse()) return false;
    }
  }

  /** Lets others have it at once, if it is ours. */
  async release(): Promise<void> {
    const lease = this.#seen?.lease;
    if (lease?.spec?.holderIdentity !== this.#options.identity) return;
    const renewTime = microTime(this.#wall());
    const { leaseTransitions = 0 } = lease.spec;
    const spec = {
      holderIdentity: '',
      leaseDurationSeconds: 1,
      renewTime,
      acquireTime: renewTime,
      leaseTransitions,
    };
    await this.#careful(() => this.#replace({ ...lease, spec }));
  }

  /** Milliseconds for which it may still count on having the Lease. */
  #left(): number {
    const { clock, sinceBoot } = this.#renewed;
    const elapsed = Math.max(this.#clock.now() - clock, this.#sinceBoot() - sinceBoot);
    return this.#times.renewDeadline - elapsed;
  }

  /** One attempt to get or renew the Lease. Whether it has it now. */
  async #tries(): Promise<boolean> {
    const begin = { clock: this.#clock.now(), sinceBoot: this.#sinceBoot() };
    const hasIt = (await this.#careful(() => this.#getOrRenew())) === true;
    if (hasIt) this.#renewed = begin;
    return hasIt;
  }

  /** What the server refuses is no more than an attempt that did not work. */
  async #careful<R>(attempt: () => Promise<R>): Promise<R | undefined> {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // Somebody was quicker, as is usual.
      if (error.status !== 409) this.#options.onTrouble?.(error);
      return undefined;
    }
  }

  async #getOrRenew(): Promise<boolean> {
    const mine = this.#seen?.lease;
    if (mine?.spec?.holderIdentity === this.#options.identity) {
      const renewed = await this.#careful(() => this.#replace({ ...mine, spec: this.#specAfter(mine.spec) }));
      if (renewed === true) return true;
    }
    const { api, lease: name } = this.#options;
    const found = await api.get<Lease>(leasesOf(name.namespace), name.name);
    if (found === undefined) {
      this.#see(await api.create(leasesOf(name.namespace), newLease(name, this.#specAfter(undefined))));
      return true;
    }
    this.#see(found);
    return !this.#isTaken() && this.#replace({ ...found, spec: this.#specAfter(found.spec) });
  }

  async #replace(lease: Lease): Promise<true> {
    this.#see(await this.#options.api.replace(leasesOf(this.#options.lease.namespace), lease));
    return true;
  }

  #see(lease: Lease): void {
    if (this.#seen?.lease.metadata.resourceVersion !== lease.metadata.resourceVersion) {
      this.#seen = { lease, at: this.#clock.now() };
    }
    const leader = lease.spec?.holderIdentity ?? '';
    if (leader !== this.#leader) this.#options.onLeader?.(leader);
    this.#leader = leader;
  }

  #isSomebodyElse(): boolean {
    return this.#seen?.lease.spec?.holderIdentity !== this.#options.identity;
  }

  /** Whether somebody else has it, and has renewed it so lately, by our clock, that it must be left alone. */
  #isTaken(): boolean {
    const { holderIdentity, leaseDurationSeconds } = this.#seen?.lease.spec ?? {};
    if (!holderIdentity || !this.#isSomebodyElse() || this.#seen === undefined) return false;
    const duration = (leaseDurationSeconds ?? 0) * 1000 || this.#times.leaseDuration;
    return this.#seen.at + duration > this.#clock.now();
  }

  #specAfter(before: LeaseSpec | undefined): LeaseSpec {
    const now = microTime(this.#wall());
    const { identity } = this.#options;
    const isOurs = before?.holderIdentity === identity;
    const { acquireTime = now, leaseTransitions = 0 } = before ?? {};
    return {
      holderIdentity: identity,
      leaseDurationSeconds: this.#times.leaseDuration / 1000,
      acquireTime: isOurs ? acquireTime : now,
      renewTime: now,
      leaseTransitions: before === undefined || isOurs ? leaseTransitions : leaseTransitions + 1,
    };
  }
}
