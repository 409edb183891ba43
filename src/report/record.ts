/**
 * What is known of people and the machine after a pass, kept in the state directory. The objects have the shape that
 * they have in the API server, so one set of printers serves both.
 */
import type { Condition } from '../api/conditions.ts';
import type { UserSpec } from '../api/user.ts';

export interface RecordedMeta {
  readonly name: string;
  /** Counts the changes of the spec, from 1. */
  readonly generation: number;
  /** When the object was first seen, RFC 3339. */
  readonly creationTimestamp: string;
}

export interface UserStatus {
  readonly observedGeneration: number;
  readonly osUser: string;
  /** Absent while there is no account. */
  readonly uid?: number;
  /** By service. */
  readonly ports: Readonly<Record<string, number>>;
  readonly conditions: readonly Condition[];
}

export interface RecordedUser {
  readonly apiVersion: string;
  readonly kind: 'WorkstationUser';
  readonly metadata: RecordedMeta;
  readonly spec: UserSpec;
  readonly status: UserStatus;
}

export interface WorkstationStatus {
  readonly observedGeneration: number;
  readonly users: { readonly total: number; readonly ready: number };
  /** The names of the declared services, in their order. */
  readonly services: readonly string[];
  readonly conditions: readonly Condition[];
}

export interface RecordedWorkstation {
  readonly apiVersion: string;
  readonly kind: 'Workstation';
  readonly metadata: RecordedMeta;
  readonly status: WorkstationStatus;
}

/** The reversible cut of one leaver: what it changed, so that exactly that can be undone. */
export interface Cut {
  readonly name: string;
  readonly osUser: string;
  /** RFC 3339. */
  readonly at: string;
  readonly locked: boolean;
  readonly units: readonly string[];
  readonly groups: readonly string[];
  /** What stays theirs until it is released, though the account or the environment files should go. */
  readonly uid?: number;
  /** By service. */
  readonly ports?: Readonly<Record<string, number>>;
}

/** Everything the state directory holds. Fields that a newer program wrote are kept as they are. */
export interface State {
  /** Of the format; a reader refuses a higher one. */
  readonly version: 1;
  /** By metadata.name. */
  readonly users: Readonly<Record<string, RecordedUser>>;
  readonly workstation?: RecordedWorkstation;
  /** By OS user. */
  readonly cuts: Readonly<Record<string, Cut>>;
  /** By OS user: since when a pass keeps the account locked because the person is suspended, RFC 3339. */
  readonly suspended: Readonly<Record<string, string>>;
  /** OS users whose removal somebody approved though more were gone than may go in one step. */
  readonly approved?: readonly string[];
}

export const EMPTY_STATE: State = { version: 1, users: {}, cuts: {}, suspended: {} };
