/**
 * The machine: the one thing of this room that others hold. It is read through `look…` and changed only through `do`,
 * which takes the closed vocabulary of actions. Nothing here decides; nothing outside this room touches the machine.
 */
import type { Action } from '../sections/action.ts';
import type { AccountFacts, Entries, HomeLook, Probe, UnitFacts } from '../sections/facts.ts';

/** How an action ended. */
export type Done =
  | {
      readonly kind: 'done';
      readonly note?: string;
      /** It found the machine as it should be, or left what cannot be done here. */
      readonly unchanged?: true;
    }
  | { readonly kind: 'failed'; readonly reason: string; readonly message: string };

export interface Machine {
  /** Whether its services can be started and its people's commands run. */
  readonly isLive: boolean;
  /** The account as it is now, and the groups that exist. Databases are read again only when they changed. */
  account(osUser: string): AccountFacts | undefined;
  /** The same object while the groups are the same. */
  groups(): ReadonlySet<string>;
  /** Asks name services for those of these accounts that no local database has; `account` knows them then. */
  lookUp(osUsers: readonly string[]): Promise<void>;
  /**
   * Reads with the person's own rights, from the person's home, or from /etc/skel while there is no account.
   * @param known the version of an earlier look at the same paths
   * @returns undefined where everything looks as it did then
   */
  lookAtHome(
    osUser: string,
    home: string,
    probes: readonly Probe[],
    known?: string,
  ): Promise<HomeLook | undefined>;
  lookAtSystem(probes: readonly Probe[]): Entries;
  /** Sources are absolute paths of the machine, or relative to the directory of the file that declares them. */
  lookAtSources(sources: readonly string[]): Entries;
  /** Looks at all these units, whoever they belong to, with one process; `units` has them then. */
  lookAtUnits(units: readonly string[]): Promise<void>;
  /** Every unit as it was last looked at, or as the last batch left it. */
  readonly units: ReadonlyMap<string, UnitFacts>;
  /** Ports of TCP that somebody listens on. */
  listening(): ReadonlySet<number>;
  hasProcesses(uid: number): boolean;
  /** Unit actions of everybody gather into one batch, which goes off at `flush` or when one has waited long. */
  do(osUser: string, action: Action, signal: AbortSignal): Promise<Done>;
  flush(): void;
  close(): Promise<void>;
}
