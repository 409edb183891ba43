/** What a source in a cluster stands on. */
import type { Clock } from '../../controller/clock.ts';
import type { Api, ApiError } from '../../kubernetes/api.ts';
import type { Renewal } from '../../kubernetes/heartbeat.ts';
import type { Dated, Departures, ObjectStore, Rewindable } from '../../kubernetes/store.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { KeptOptions } from '../kept.ts';
import type { AnyObject } from './resources.ts';

export interface ClusterSourceSetting {
  /** The machine. */
  readonly name: string;
  readonly api: Api;
  /**
   * Makes sure that this is the agent of the machine, and that the server still knows what it agreed to: else `setBack` is
   * called first. @throws ClaimRefused, and whatever else keeps it from being known
   */
  readonly claim: () => Promise<void>;
  /** What the server agreed to last: it outlives the program here. */
  readonly heartbeat: { renewal: Renewal | undefined };
  /** Begins to follow both collections until `signal` fires. */
  readonly follow: (listeners: Listeners, signal: AbortSignal) => Followed;
  readonly files: KeptOptions['files'];
  /** The state directory, absolute, on the machine. */
  readonly stateDirectory: string;
  /** Where relative sources of the policy start, absolute. */
  readonly directory: string;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** The server knows better than to take this for the agent of the machine. */
export class ClaimRefused extends Error {}

export interface Listeners {
  readonly onUser: (name: string) => void;
  readonly onWorkstation: (name: string) => void;
  readonly onTrouble: (trouble: ApiError | undefined) => void;
}

export interface Followed {
  readonly users: ObjectStore<AnyObject> & Departures<AnyObject> & Dated & Rewindable;
  readonly workstations: ObjectStore<AnyObject>;
}
