/**
 * The state directory: one JSON file, replaced whole and only when something in it changed. What a newer program
 * wrote beside what is known here is kept, so an upgrade can be taken back.
 */
import { isMapping, parseJson } from '../api/text/json.ts';
import { EMPTY_STATE, type State } from './record.ts';

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
  readonly directory: string;
  readonly #path: string;
  #text: string | undefined;

  /** @param directory absolute, on the machine: /var/lib/workstation by file-hierarchy(7) */
  constructor(files: StateFiles, directory: string) {
    this.#files = files;
    this.directory = directory;
    this.#path = `${directory}/state.json`;
  }

  /** @throws Error with a sentence when the file is damaged or of a newer format */
  load(): State {
    this.#text = this.#files.read(this.#path);
    return this.#text === undefined ? EMPTY_STATE : parseState(this.#path, this.#text);
  }

  /** Writes the state when it differs from what was loaded or saved last; true when it did. */
  save(state: State): boolean {
    const text = `${JSON.stringify({ ...state, version: VERSION }, null, 2)}\n`;
    if (text === this.#text) return false;
    this.#files.write(this.#path, text, 0o644);
    this.#text = text;
    return true;
  }
}

function parseState(path: string, text: string): State {
  const state = parseJson(text);
  if (!isMapping(state) || !('version' in state)) throw damaged(path);
  if (state.version !== VERSION) {
    throw new Error(
      `read ${path}: it has version ${String(state.version)}, this program knows ${VERSION}: install the newer program`,
    );
  }
  const known = { ...EMPTY_STATE, ...state, version: VERSION } as const;
  if (![known.users, known.cuts, known.suspended].every(isMapping)) throw damaged(path);
  return known;
}

function damaged(path: string): Error {
  return new Error(`read ${path}: it is damaged: restore it from a backup, or move it away to begin anew`);
}
