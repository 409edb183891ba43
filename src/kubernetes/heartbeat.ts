/**
 * A Lease that is renewed for as long as its holder lives, as a kubelet renews its node's.
 *
 * Whatever the server agreed to it must know later: a Lease that is older than the last renewal shows that its history was
 * set back, as by etcd restored from a snapshot, whatever the revision that it counts on from.
 */
import { realClock } from '../controller/clock.ts';
import type { Clock } from '../controller/clock.ts';
import { ApiError } from './api.ts';
import type { Api } from './api.ts';
import { Backoff } from './backoff.ts';
import { leasesOf, microTime, newLease } from './leases.ts';
import type { Lease, LeaseName } from './leases.ts';
import type { OwnerReference } from './objects.ts';
import { pause } from './timing.ts';
import { isOlder } from './versions.ts';

export interface HeartbeatOptions {
  /** With limits well below `interval`. */
  readonly api: Api;
  readonly lease: LeaseName;
  /** Who is alive. */
  readonly identity: string;
  /** Seconds after which others take the holder for dead; 40 when left out. */
  readonly duration?: number;
  /** Milliseconds between renewals; a quarter of `duration` when left out. */
  readonly interval?: number;
  /** With whom the Lease goes. */
  readonly owner?: OwnerReference;
  /** It could not be renewed, and why; undefined once it was again. Must not throw. */
  readonly onTrouble?: (trouble: ApiError | undefined) => void;
  /** The server has forgotten a renewal. Told before the Lease is written again. Must not throw. */
  readonly onSetBack?: () => void;
  readonly clock?: Clock;
  /** Wall clock, milliseconds since 1970. */
  readonly wall?: () => number;
  readonly random?: () => number;
}

/** A Lease as the server agreed to it. */
export interface Renewal {
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
}

/** Seconds: the kubelet's. */
const DURATION = 40;
/** Renewals of many machines, spread: as the kubelet does. */
const JITTER = 0.04;

export class Heartbeat {
  /** The last one, which an earlier run may have made; undefined before the first, and once the server has forgotten it. */
  renewal: Renewal | undefined;
  readonly #options: HeartbeatOptions;
  /** The Lease as it is written over; undefined where it must be asked for. */
  #known: Lease | undefined;
  /** Of renewals one is made after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  /** Renews until `signal` fires; the Lease stays, and runs out. Never rejects for what the server does. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock = realClock, random = Math.random, duration = DURATION, onTrouble } = this.#options;
    const { interval = (duration * 1000) / 4 } = this.#options;
    const backoff = new Backoff({ clock, random, base: interval / 16, max: interval / 2 });
    let isInTrouble = false;
    while (!signal.aborted) {
      let wait = interval * (1 + random() * JITTER);
      try {
        await this.beat();
        backoff.reset();
        if (isInTrouble) onTrouble?.(undefined);
        isInTrouble = false;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        isInTrouble = true;
        onTrouble?.(error);
        wait = backoff.next(error.retryAfter);
      }
      await pause(clock, wait, signal);
    }
  }

  /** One renewal, now. @throws ApiError */
  beat(): Promise<void> {
    const beat = this.#turn.then(() => this.#renew());
    this.#turn = beat.catch(() => undefined);
    return beat;
  }

  /** One request where nobody else writes it. */
  async #renew(): Promise<void> {
    const known = this.#known ?? (await this.#ask());
    // If this fails, whatever was known of it may be what was wrong.
    this.#known = undefined;
    this.#known = await this.#write(known);
    const { uid, resourceVersion } = this.#known.metadata;
    this.renewal = { uid, resourceVersion };
  }

  async #ask(): Promise<Lease | undefined> {
    const { api, lease, onSetBack } = this.#options;
    const found = await api.get<Lease>(leasesOf(lease.namespace), lease.name);
    if (this.renewal === undefined || isAsOf(this.renewal, found)) return found;
    this.renewal = undefined;
    onSetBack?.();
    return found;
  }

  #write(known: Lease | undefined): Promise<Lease> {
    const { api, lease, identity, owner, duration = DURATION, wall = Date.now } = this.#options;
    const resource = leasesOf(lease.namespace);
    const spec = {
      holderIdentity: identity,
      leaseDurationSeconds: duration,
      renewTime: microTime(wall()),
    };
    const ownerReferences = owner === undefined ? {} : { ownerReferences: [owner] };
    if (known === undefined) return api.create(resource, newLease(lease, spec, ownerReferences));
    return api.replace(resource, { ...known, metadata: { ...known.metadata, ...ownerReferences }, spec });
  }
}

function isAsOf({ uid, resourceVersion }: Renewal, found: Lease | undefined): boolean {
  return (
    found !== undefined &&
    found.metadata.uid === uid &&
    !isOlder(found.metadata.resourceVersion, resourceVersion)
  );
}
