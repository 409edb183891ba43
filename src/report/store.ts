/**
 * The state directory: one JSON file, replaced whole and only when something in it changed. What a newer program
 * wrote beside what is known here is kept, so an upgrade can be taken back.
 */
import { EMPTY_STATE, type State } from './record.ts';

/** Where the state lies on a machine: file-hierarchy(7), "variable system data". */
export const STATE_DIRECTORY = '/var/lib/workstation';
const FILE = `${STATE_DIRECTORY}/state.json`;
const VERSION = 1;

/** How the store reaches the file; the host gives it. */
export interface StateFiles {
  /** The text of a file, or undefined where there is none. Throws when it cannot be read. */
  read(path: string): string | undefined;
  /** Replaces the file atomically, making its directory. */
  write(path: string, text: string, mode: number): void;
}

export class Store {
  readonly #files: StateFiles;
  #text: string | undefined;

  constructor(files: StateFiles) {
    this.#files = files;
  }

  /** @throws Error with a sentence when the file is damaged or of a newer format */
  load(): State {
    this.#text = this.#files.read(FILE);
    return this.#text === undefined ? EMPTY_STATE : parseState(this.#text);
  }

  /** Writes the state when it differs from what was loaded or saved last; true when it did. */
  save(state: State): boolean {
    const text = `${JSON.stringify({ ...state, version: VERSION }, null, 2)}\n`;
    if (text === this.#text) return false;
    this.#files.write(FILE, text, 0o644);
    this.#text = text;
    return true;
  }
}

function parseState(text: string): State {
  const state = parseJson(text);
  if (typeof state !== 'object' || state === null || !('version' in state)) {
    throw new Error(`read ${FILE}: it is damaged: restore it from a backup, or move it away to begin anew`);
  }
  if (state.version !== VERSION) {
    throw new Error(
      `read ${FILE}: it has version ${String(state.version)}, this program knows ${VERSION}: install the newer program`,
    );
  }
  return { ...EMPTY_STATE, ...state, version: VERSION };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
