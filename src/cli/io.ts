/** What a command writes to and reads of its surroundings; handed in, so that tests see what a person would. */
export interface Io {
  out(text: string): void;
  err(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTerminal: boolean;
  /** The width of the terminal in columns. */
  readonly columns: number;
  now(): Date;
}

export function processIo(): Io {
  // Whoever reads may stop early, as `head` does: that is no trouble.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    env: process.env,
    isTerminal: process.stdout.isTTY,
    columns: process.stdout.columns ?? 80,
    now: () => new Date(),
  };
}
