/** A Lease that is renewed for as long as its holder lives, as a kubelet renews its node's. */
import { realClock } from '../controller/clock.ts';
import type { Clock } from '../controller/clock.ts';
import { ApiError } from './api.ts';
import type { Api } from './api.ts';
import { Backoff } from './backoff.ts';
import { leasesOf, microTime, newLease } from './leases.ts';
import type { Lease, LeaseName } from './leases.ts';
import type { OwnerReference } from './objects.ts';
import { pause } from './timing.ts';

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
  readonly clock?: Clock;
  /** Wall clock, milliseconds since 1970. */
  readonly wall?: () => number;
  readonly random?: () => number;
}

/** Seconds: the kubelet's. */
const DURATION = 40;
/** Renewals of many machines, spread: as the kubelet does. */
const JITTER = 0.04;

/** Renews until `signal` fires; the Lease stays, and runs out. Never rejects for what the server does. */
export async function beat(options: HeartbeatOptions, signal: AbortSignal): Promise<void> {
  const { clock = realClock, random = Math.random, duration = DURATION, onTrouble } = options;
  const { interval = (duration * 1000) / 4 } = options;
  const backoff = new Backoff({ clock, random, base: interval / 16, max: interval / 2 });
  let last: Lease | undefined;
  let isInTrouble = false;
  while (!signal.aborted) {
    let wait = interval * (1 + random() * JITTER);
    try {
      last = await renew(options, last);
      backoff.reset();
      if (isInTrouble) onTrouble?.(undefined);
      isInTrouble = false;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // Whatever was known of it may be what was wrong.
      last = undefined;
      isInTrouble = true;
      onTrouble?.(error);
      wait = backoff.next(error.retryAfter);
    }
    await pause(clock, wait, signal);
  }
}

/** One renewal, for whoever must know whether it may be made. @throws ApiError */
export async function beatOnce(options: HeartbeatOptions): Promise<void> {
  await renew(options);
}

/** One request where nobody else writes it. */
async function renew(options: HeartbeatOptions, last?: Lease): Promise<Lease> {
  const { api, lease, identity, owner, duration = DURATION, wall = Date.now } = options;
  const resource = leasesOf(lease.namespace);
  const known = last ?? (await api.get<Lease>(resource, lease.name));
  const renewTime = microTime(wall());
  const spec = { holderIdentity: identity, leaseDurationSeconds: duration, renewTime };
  const ownerReferences = owner === undefined ? {} : { ownerReferences: [owner] };
  if (known === undefined) return api.create(resource, newLease(lease, spec, ownerReferences));
  return api.replace(resource, { ...known, metadata: { ...known.metadata, ...ownerReferences }, spec });
}
