/**
 * Which agents are alive, as node lifecycle tells it of kubelets: by when this program last saw a Lease change, on its own
 * clock, so that clocks that differ make nobody seem lost. A Lease that was never seen to change proves nothing yet.
 */
import type { Clock } from '../controller/clock.ts';
import type { Lease } from './kinds.ts';

export type Life =
  /** The Lease was renewed not long ago. */
  | { readonly kind: 'alive'; readonly ms: number }
  /** Seen too short a time to tell: nothing may be concluded. `ms`: until then. */
  | { readonly kind: 'unproven'; readonly ms: number }
  /** Not renewed for longer than it lasts, with a grace period: lost, unless the watch is what has stopped. */
  | { readonly kind: 'silent' }
  /** Silent, and asked for it, the API server has no newer Lease. `seen`: whether there is one at all. */
  | { readonly kind: 'lost'; readonly seen: boolean };

/** As long as a kubelet's Lease lasts; for agents without a Lease. */
const DEFAULT_DURATION = 40_000;

interface Observation {
  /** What a renewal changes; empty where there is no Lease. */
  readonly mark: string;
  /** On the clock, when the mark was first seen. */
  readonly at: number;
  /** Whether a renewal was seen, and not only the Lease as it stood when the program started. */
  readonly renewed: boolean;
  /** Milliseconds. */
  readonly duration: number;
  /** Whether the API server itself has told that the silence is the agent's. */
  readonly confirmed: boolean;
}

export class Lifelines {
  readonly #clock: Clock;
  readonly #grace: number;
  /** By the name of the workstation. */
  readonly #observed = new Map<string, Observation>();

  /** @param grace milliseconds beyond the duration of a Lease */
  constructor(clock: Clock, grace: number) {
    this.#clock = clock;
    this.#grace = grace;
  }

  /** Begins to watch over a workstation, unless that was done before. */
  begin(workstation: string, lease: Lease | undefined): void {
    if (!this.#observed.has(workstation)) this.observe(workstation, lease);
  }

  /** Notes how the Lease of a workstation stands now; undefined where there is none. */
  observe(workstation: string, lease: Lease | undefined): void {
    const before = this.#observed.get(workstation);
    const mark = markOf(lease);
    if (before?.mark === mark) return;
    this.#observed.set(workstation, {
      mark,
      at: this.#clock.now(),
      renewed: before !== undefined && mark !== '',
      duration: (lease?.spec?.leaseDurationSeconds ?? 0) * 1000 || DEFAULT_DURATION,
      confirmed: false,
    });
  }

  /** Takes the Lease of a silent agent as the API server has it now: without a change, the agent is lost. */
  confirm(workstation: string, lease: Lease | undefined): void {
    this.observe(workstation, lease);
    const observed = this.#observed.get(workstation);
    if (observed === undefined || this.lifeOf(workstation).kind !== 'silent') return;
    this.#observed.set(workstation, { ...observed, confirmed: true });
  }

  /** An agent has spoken, though its Lease is overdue: it lives. */
  witness(workstation: string): void {
    const observed = this.#observed.get(workstation);
    if (observed === undefined) return;
    this.#observed.set(workstation, { ...observed, at: this.#clock.now(), renewed: true, confirmed: false });
  }

  forget(workstation: string): void {
    this.#observed.delete(workstation);
  }

  lifeOf(workstation: string): Life {
    const observed = this.#observed.get(workstation);
    if (observed === undefined) return { kind: 'unproven', ms: DEFAULT_DURATION + this.#grace };
    const ms = observed.at + observed.duration + this.#grace - this.#clock.now();
    if (ms <= 0)
      return observed.confirmed ? { kind: 'lost', seen: observed.mark !== '' } : { kind: 'silent' };
    return { kind: observed.renewed ? 'alive' : 'unproven', ms };
  }
}

function markOf(lease: Lease | undefined): string {
  if (lease === undefined) return '';
  const { holderIdentity = '', renewTime = '' } = lease.spec ?? {};
  return `${holderIdentity} ${renewTime}`;
}
