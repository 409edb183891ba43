/** One change made to the machine. Digests stand where content was; no record ever holds a secret. */
export interface AuditRecord {
  /** RFC 3339 with milliseconds, when it ended. */
  readonly at: string;
  /** metadata.name of the user it concerns; absent for the machine's own. */
  readonly user?: string;
  readonly osUser?: string;
  /** The kind of action, as in the vocabulary of `sections/action.ts`. */
  readonly action: string;
  /** What it was done to: a path, unit, group, clone or name. */
  readonly subject: string;
  /** Why: what asked for it (a section, `machine`, or a stage of a cut), and what made it differ. */
  readonly cause: {
    readonly section: string;
    /** `Declared`: the declaration changed; `Drift`: the machine did; `Retry`: an earlier try failed; `Leave`: the person is declared no more. */
    readonly kind: 'Declared' | 'Drift' | 'Retry' | 'Leave';
    /** The revision of the source that the pass worked from. */
    readonly revision: string;
  };
  /** What it was before: `absent`, `sha256:HEX` of a content, or a short state such as `inactive`. */
  readonly before?: string;
  readonly result: 'done' | 'failed';
  /** CamelCase, where it failed. */
  readonly reason?: string;
  /** One printable line: why it failed, or what is to be known though it was done. */
  readonly message?: string;
  /** Milliseconds. */
  readonly duration: number;
}
