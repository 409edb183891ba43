/** Text in, problems out. */
export interface Case {
  readonly text: string;
  /** `line:column: message`, in order. */
  readonly problems: readonly string[];
  /** The same; none when left out. */
  readonly warnings?: readonly string[];
}
