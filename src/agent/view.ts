/** What a running agent tells whoever asks: the shapes of its answers, as JSON. */
import type { AuditRecord } from '../report/auditrecord.ts';
import type { RecordedUser, RecordedWorkstation } from '../report/record.ts';
import type { AgentEvent } from '../report/report.ts';

/** When somebody's next pass is due though nothing changes, and why. */
export interface NextTry {
  /** RFC 3339. */
  readonly at: string;
  /** The end of a sentence: `the resync`, `clones are fetched`, `AccountReady failed: …`. */
  readonly why: string;
}

export interface AgentInfo {
  readonly version: string;
  readonly pid: number;
  /** RFC 3339. */
  readonly startedAt: string;
  /** Where desired state comes from, for a person: the paths, or the API server. */
  readonly source: string;
  readonly revision: string;
  /** Why the newest declared state is not what is worked from. */
  readonly trouble?: { readonly reason: string; readonly message: string };
  /** More people are gone than may go in one step: who, until somebody approves or declares them again. */
  readonly heldRemovals?: { readonly osUsers: readonly string[]; readonly message: string };
}

/** One screen for the whole machine. */
export interface StatusView {
  readonly agent: AgentInfo;
  /** Absent before the first pass. */
  readonly workstation?: RecordedWorkstation;
  readonly users: readonly UserView[];
  /** Who has left and still holds a port, uid and environment files: by OS user, since when (RFC 3339). */
  readonly departed: Readonly<Record<string, string>>;
}

export interface UserView {
  readonly user: RecordedUser;
  /** When something was last changed on the machine for them, RFC 3339. */
  readonly lastChange?: string;
  readonly next?: NextTry;
  /** Whether a pass of theirs runs now. */
  readonly isBusy: boolean;
}

export interface UserDetails extends UserView {
  /** Newest last. */
  readonly actions: readonly AuditRecord[];
  readonly events: readonly AgentEvent[];
}

/** One line of a watch, as the watch of the Kubernetes API has it. */
export type WatchEvent = {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: RecordedUser;
};

/** What the agent's socket, its pages and its metrics are served from. Nothing here waits for a pass. */
export interface AgentView {
  status(): StatusView;
  /** Undefined when nobody is known by that metadata.name. */
  details(name: string): UserDetails | undefined;
  /** metadata.name of whoever has this uid on the machine. */
  nameOf(uid: number): string | undefined;
  /** Everybody who is known now as ADDED, then every change, until the returned function is called. */
  watch(listener: (event: WatchEvent) => void): () => void;
  /** Called after anything that `status` tells has changed, at most a few times a second. */
  onChange(listener: () => void): () => void;
  /** Asks for a pass now, of one user or everybody; false when nobody is known by that name. */
  reconcile(name?: string): boolean;
  /** Lets the removals that are held go on; the OS users they concern. */
  approve(): readonly string[];
  /** Gives free what a departed person still holds; a sentence when that cannot be. */
  release(
    osUser: string,
  ): Promise<{ readonly kind: 'released' } | { readonly kind: 'refused'; readonly message: string }>;
  /** Whether the source has been read and the first pass of everybody is through. */
  isReady(): boolean;
}
