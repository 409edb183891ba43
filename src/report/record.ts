/**
 * What is known of people and the machine after a pass, kept in the state directory. The objects have the shape that
 * they have in the API server, so one set of printers serves both.
 */
import type * as api from '../api/status.ts';
import type { UserSpec } from '../api/user.ts';

export interface RecordedMeta {
  readonly name: string;
  /** The API server's, where the object is from there: deleted and made again, it is another. */
  readonly uid?: string;
  /** Counts the changes of the spec, from 1. */
  readonly generation: number;
  /** When the object was first seen, RFC 3339. */
  readonly creationTimestamp: string;
}

/** What a status may hold, and a pass always knows. */
export type UserStatus = Known<
  api.WorkstationUserStatus,
  'observedGeneration' | 'osUser' | 'ports' | 'conditions'
>;
export type WorkstationStatus = Known<
  api.WorkstationStatus,
  'observedGeneration' | 'users' | 'services' | 'conditions'
>;

export interface RecordedUser {
  readonly apiVersion: string;
  readonly kind: 'WorkstationUser';
  readonly metadata: RecordedMeta;
  /** What is declared; of somebody whose declaration cannot be read, what is known of it. */
  readonly spec: Partial<UserSpec>;
  readonly status: UserStatus;
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
  /** A pass that gives back what was taken has begun: if they leave again, some of it is to be taken again. */
  readonly undoing?: true;
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
  /** A digest of the policy that everybody's last pass was made from. */
  readonly policy?: string;
  /** By OS user. */
  readonly cuts: Readonly<Record<string, Cut>>;
  /** By OS user: since when a pass keeps the account locked because the person is suspended, RFC 3339. */
  readonly suspended: Readonly<Record<string, string>>;
  /** By OS user: metadata.name of whoever was declared, may have been given an account, and is not among `users` yet. */
  readonly begun?: Readonly<Record<string, string>>;
  /** OS users whose removal somebody approved though more were gone than may go in one step. */
  readonly approved?: readonly string[];
  /** The approval that was last read at the source, as it was written. */
  readonly heeded?: string | undefined;
}

type Known<Status, Field extends keyof Status> = Frozen<
  Omit<Status, Field> & { [Name in Field]-?: Exclude<Status[Name], undefined> }
>;

type Frozen<T> = T extends object ? { readonly [Key in keyof T]: Frozen<T[Key]> } : T;

export const EMPTY_STATE: State = { version: 1, users: {}, cuts: {}, suspended: {} };
