/**
 * What may have changed on the machine. A hint is never trusted: whoever hears it looks. Some come for nothing, and some
 * are lost (no watches left, events too fast, systemd restarting): what is missed is found by the resync.
 */
export type Hint =
  /** Users, groups, or who is in which. */
  | { readonly kind: 'accounts' }
  /** A declared file, or a name in a declared directory: its path on the machine. */
  | { readonly kind: 'file'; readonly path: string }
  /** Its state, its file or the links that enable it. */
  | { readonly kind: 'unit'; readonly unit: string }
  /** A name in somebody's home. */
  | { readonly kind: 'home'; readonly osUser: string; readonly name: string };

/** What is to be watched. Paths are absolute, as the machine names them. */
export interface Watched {
  readonly files: readonly string[];
  /** Directories of which every name matters. */
  readonly directories: readonly string[];
  readonly units: readonly string[];
  readonly homes: readonly WatchedHome[];
}

export interface WatchedHome {
  readonly osUser: string;
  readonly home: string;
  /** Names in the home itself; nothing below them is watched. */
  readonly names: readonly string[];
}
