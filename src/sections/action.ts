/**
 * The closed vocabulary of what may be done to a machine. Each action is plain data, printable (that is the dry run),
 * done for one person, hardened once in the host, and safe to repeat. Paths are absolute, as the machine names them.
 */

/** What a file was when the action was planned; the host refuses when it is something else by then. */
export type Before = { readonly kind: 'absent' } | { readonly kind: 'text'; readonly text: string };

/** A git remote and the branch of it that a local branch of the same name tracks. */
export interface Upstream {
  readonly remote: string;
  readonly url: string;
}

export interface CloneSpec {
  readonly url: string;
  readonly path: string;
  /** The branch to check out; the remote's own when left out. */
  readonly branch?: string;
  /** Repository configuration that must hold before the first checkout, as `key=value`. */
  readonly config: readonly string[];
  /** A second remote that `branch` tracks; best effort, origin is tracked while it cannot be fetched. */
  readonly upstream?: Upstream;
  /** Milliseconds. */
  readonly timeout: number;
}

export type AccountAction =
  | {
      readonly kind: 'create-account';
      readonly shell: string;
      readonly home: string;
      /** Octal, e.g. 0o700. */
      readonly homeMode: number;
      readonly groups: readonly string[];
    }
  /** Finishes an account that a killed useradd left without a shadow line or a home. */
  | {
      readonly kind: 'complete-account';
      readonly missing: readonly ('shadow' | 'home')[];
      readonly home: string;
      readonly homeMode: number;
    }
  | { readonly kind: 'add-to-group'; readonly group: string }
  | { readonly kind: 'remove-from-group'; readonly group: string }
  /** Locks the password and expires the account: password, key, cron and at logins all end (pam_unix, shadow(5)). */
  | { readonly kind: 'lock-account' }
  /** Undoes what lock-account did, and only that. */
  | { readonly kind: 'unlock-account' }
  /** Ends every process of the person's, lingering ones too. */
  | { readonly kind: 'end-processes' };

export type HomeAction =
  | { readonly kind: 'make-directory'; readonly path: string; readonly mode: number }
  | {
      readonly kind: 'write-file';
      readonly path: string;
      readonly content: string;
      readonly mode: number;
      /** The mode of parent directories that have to be made. */
      readonly directoryMode: number;
      readonly before: Before;
      /** The content is never shown. */
      readonly sensitive: boolean;
    }
  | { readonly kind: 'set-mode'; readonly path: string; readonly mode: number }
  /** Makes the person the owner of a directory that root has made in their home; what lies in it stays as it is. */
  | { readonly kind: 'give-directory'; readonly path: string }
  | { readonly kind: 'remove-tree'; readonly path: string }
  | { readonly kind: 'move'; readonly from: string; readonly to: string };

export type GitAction =
  | { readonly kind: 'clone'; readonly clone: CloneSpec }
  /** Finishes a clone that was never checked out. */
  | { readonly kind: 'finish-clone'; readonly clone: CloneSpec }
  /** Moves a clone out of another clone; where the outer one tracks its path, clones anew instead. */
  | { readonly kind: 'hoist-clone'; readonly outer: string; readonly from: string; readonly clone: CloneSpec }
  /** Adds the remote when `add`, and makes `branch` track it. */
  | {
      readonly kind: 'set-upstream';
      readonly path: string;
      readonly branch: string;
      readonly upstream: Upstream;
      readonly add: boolean;
      readonly timeout: number;
    }
  /**
   * Fetches `remotes`, then what else the person has added, whose failure is only noted; then fast-forwards `branch` only
   * where it is checked out, clean and not ahead.
   */
  | {
      readonly kind: 'refresh-clone';
      readonly path: string;
      readonly branch: string;
      readonly remotes: readonly string[];
      readonly timeout: number;
    };

export type CommandAction = {
  readonly kind: 'run-command';
  readonly name: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly timeout: number;
};

export type SecretAction = {
  readonly kind: 'mint-token';
  readonly path: string;
  readonly policies: readonly string[];
  /** A Go duration, as Vault takes it. */
  readonly period: string;
  readonly displayName: string;
};

export type SystemAction =
  | {
      readonly kind: 'write-system-file';
      readonly path: string;
      readonly content: string;
      readonly mode: number;
      readonly before: Before;
      readonly sensitive: boolean;
    }
  /** A file that nobody needs any more; a directory in its place stays. */
  | { readonly kind: 'remove-system-file'; readonly path: string }
  | { readonly kind: 'enable-unit'; readonly unit: string }
  | { readonly kind: 'start-unit'; readonly unit: string }
  /** Stops the unit and takes it out of the boot. */
  | { readonly kind: 'disable-unit'; readonly unit: string };

export type Action = AccountAction | HomeAction | GitAction | CommandAction | SecretAction | SystemAction;
