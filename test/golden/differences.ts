/**
 * Where the state that this program brings a machine to differs from that of the program before it, and why it should.
 * Every entry must apply somewhere: one that nothing needs any more is an error.
 */
export interface Difference {
  /** Of the captured files. */
  readonly file: string;
  /** A line as it was; `$1` in `is` stands for what the first group matched. */
  readonly was: RegExp;
  readonly is: string;
  readonly reason: string;
}

export const DIFFERENCES: readonly Difference[] = [
  {
    file: 'modes.txt',
    was: /^755 root:root d\t(\/home\/([a-z]+)\/\.(?:config|claude|local|local\/state))$/,
    is: '755 $2:$2 d\t$1',
    reason: 'directories in a home belong to the person: who does not own them cannot put anything into them',
  },
];
