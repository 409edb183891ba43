/**
 * What a section may know about a machine before it plans: plain data, read by the host, never changed here.
 * A path is absolute and as the machine itself names it, whatever directory the machine is mounted at.
 */

/** What a section wants to know about one path. */
export interface Probe {
  readonly path: string;
  /** `stat`: what it is; `text`: also its content; `list`: also the names in a directory. */
  readonly read: 'stat' | 'text' | 'list';
}

/** Why a path could not be looked at. */
export type Obstacle =
  /** A parent (or, where content was asked for, the path itself) is a symbolic link, which is never followed. */
  | { readonly reason: 'symlink'; readonly at: string; readonly target: string }
  /** A parent is no directory. */
  | { readonly reason: 'not-a-directory'; readonly at: string }
  /** The file is larger than what is read of a managed file. Sizes in bytes. */
  | { readonly reason: 'too-large'; readonly at: string; readonly size: number; readonly limit: number }
  /** The system refused, e.g. EACCES, EIO. */
  | { readonly reason: 'error'; readonly at: string; readonly code: string };

interface Owned {
  /** Permission bits, set-id and sticky included: 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** What was found at a path. */
export type Entry =
  | { readonly kind: 'absent' }
  | (Owned & {
      readonly kind: 'file';
      /** Bytes. */
      readonly size: number;
      /** Hard links to it. */
      readonly links: number;
      /** Last change of content, milliseconds since 1970. */
      readonly modified: number;
      /** The content as UTF-8, where `text` was asked for; absent when it is no valid UTF-8. */
      readonly text?: string;
    })
  | (Owned & { readonly kind: 'directory'; readonly modified: number; readonly names?: readonly string[] })
  | { readonly kind: 'symlink'; readonly target: string }
  | { readonly kind: 'other'; readonly type: 'fifo' | 'socket' | 'device' }
  | { readonly kind: 'blocked'; readonly obstacle: Obstacle };

/** Entries by path. A path that was not asked for is missing, and reading it is a fault of the section. */
export type Entries = ReadonlyMap<string, Entry>;

/** What a look at a home found. */
export interface HomeLook {
  readonly entries: Entries;
  /** A digest of the entries; absent where they cannot be asked for by it. */
  readonly version?: string;
}

/** One account as the account databases have it. */
export interface AccountFacts {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
  /** Names of all groups it is in, the primary one included. */
  readonly groups: readonly string[];
  /** What shadow says of the password: `unknown` when shadow could not be read, `missing` without a line there. */
  readonly password: 'locked' | 'set' | 'missing' | 'unknown';
  /** Days since 1970 after which the account is expired, from shadow. */
  readonly expires?: number;
  /** Why it must be left alone, as the end of a sentence: a system account, a second name of one uid, a shared home. */
  readonly refusal?: string;
}

/** One systemd unit. */
export interface UnitFacts {
  /** Whether a unit file, or the template's, exists; a mask is one too. */
  readonly exists: boolean;
  /** Whether an administrator has masked it: it can be neither enabled nor started. */
  readonly masked: boolean;
  /** It has no [Install]: nothing enables or disables it. */
  readonly isStatic?: true;
  /** Whether all that its [Install] section asks for is there. A unit without such a section counts as enabled. */
  readonly enabled: boolean;
  /**
   * systemd's ActiveState; `unknown` where no systemd runs. A unit that systemd is about to restart because it
   * failed is `failed`.
   */
  readonly active: 'active' | 'inactive' | 'failed' | 'activating' | 'deactivating' | 'reloading' | 'unknown';
}
