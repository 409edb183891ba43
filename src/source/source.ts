/**
 * Where desired state comes from. A source holds the last whole and sound state and says that something about it changed,
 * never what: whoever hears it looks, so nothing is lost when changes come faster than they are heard.
 */
import type { Finding } from '../api/conditions.ts';
import type { WorkstationUser } from '../api/user.ts';
import type { Workstation } from '../api/workstation/index.ts';

/** Somebody who is declared, and for whom nothing can be done until the declaration is changed. */
export interface Unsound {
  /** metadata.name. */
  readonly name: string;
  /** The account, where the declaration says enough to know it: whoever has it is not gone. */
  readonly osUser?: string;
  /** CamelCase, as a condition's reason. */
  readonly reason: string;
  /** What was found, where, and what to do. */
  readonly message: string;
}

/** It holds for whoever is named and is held when it is first seen, and never again. */
export interface Approval {
  /** As it was written: another text is another approval. */
  readonly text: string;
  readonly osUsers: readonly string[];
}

export interface DeclaredState {
  /** The sound users. Whoever is neither here nor in `unsound` is declared no more. */
  readonly users: readonly WorkstationUser[];
  readonly unsound: readonly Unsound[];
  /** Sound users, also in `users`, for whom somebody else says that nothing is to be done, and nothing taken away. */
  readonly barred?: readonly Unsound[];
  /** Whoever is being deleted and is kept in sight until the cut is made; never in `users`. */
  readonly leaving?: readonly { readonly name: string; readonly osUser: string }[];
  readonly workstation: {
    readonly object: Workstation;
    /** Absolute; relative sources start there. */
    readonly directory: string;
  };
  /** Removals that somebody who may change the Workstation lets go on. */
  readonly approval?: Approval;
  /** The same state has the same revision: a digest, or a resource version. */
  readonly revision: string;
}

/** Why the newest state could not be taken, and the one before it holds. */
export interface SourceTrouble {
  /** CamelCase, as a condition's reason: RosterInvalid, RosterUnreadable, RosterEmpty, ServerUnreachable. */
  readonly reason: string;
  readonly message: string;
}

export interface Source {
  /**
   * Begins to watch; `onChange` is called after every change of `current` or `trouble`. Resolves once there is a state to
   * work from: read whole just now, or the last good one of an earlier run.
   * @throws Error with a sentence when there is none and waiting cannot bring one
   */
  start(onChange: () => void, signal: AbortSignal): Promise<void>;
  /** Absent only before `start` has resolved. */
  readonly current: DeclaredState | undefined;
  /** Present while `current` is not the newest that was declared. */
  readonly trouble: SourceTrouble | undefined;
  /** What else is to be said of the machine, while what is declared can be read well. */
  readonly concerns?: readonly Finding[];
  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void>;
}
