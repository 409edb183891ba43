/** A text kept across restarts, in the state directory. It is a help, never a condition: what fails is said once. */
import type { StateFiles } from '../report/store.ts';
import type { Logger } from '../telemetry/logger.ts';

export interface KeptOptions {
  readonly files: StateFiles;
  /** Absolute, on the machine. */
  readonly path: string;
  /** What it is, for a sentence: `the last good state`. */
  readonly what: string;
  readonly logger: Logger;
}

/** It may hold what its author did not want everybody to read. */
const MODE = 0o600;

export class Kept {
  readonly #options: KeptOptions;
  /** What is in the file, as far as this process knows. */
  #text: string | undefined;
  /** What went wrong last. */
  #failure: string | undefined;

  constructor(options: KeptOptions) {
    this.#options = options;
  }

  /** Undefined where nothing can be read. */
  load(): string | undefined {
    this.#trying(() => {
      this.#text = this.#options.files.read(this.#options.path);
    });
    return this.#text;
  }

  /** Writes only what differs from what is there; after a failure the next call tries again. */
  save(text: string): void {
    if (text === this.#text) return;
    this.#trying(() => {
      this.#options.files.write(this.#options.path, text, MODE);
      this.#text = text;
    });
  }

  #trying(work: () => void): void {
    try {
      work();
      this.#failure = undefined;
    } catch (error) {
      const { message } = error as Error;
      const { what, path, logger } = this.#options;
      if (message !== this.#failure) logger.log('warning', `keep ${what} in ${path}: ${message}`);
      this.#failure = message;
    }
  }
}
