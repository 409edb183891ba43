/**
 * Files in users' homes, worked on with each user's own rights by one helper process, one request at a time. A request
 * that hangs, as on a file system of the user's own making, ends with the process at its deadline; it fails, and so does
 * what waits for the same user. Everybody else's requests go on in a new process and notice nothing.
 */
import type { Entries, HomeLook, Probe } from '../../sections/facts.ts';
import type { DirectoryToMake } from '../files/directories.ts';
import { attemptOf } from '../files/operation.ts';
import type { Operation } from '../files/operation.ts';
import { FileRefused } from '../files/refusal.ts';
import type { Rename } from '../files/rename.ts';
import type { FileToWrite } from '../files/write.ts';
import { RequestQueue } from './queue.ts';
import type { HomeUser, Request, Response } from './protocol.ts';

export type { HomeUser } from './protocol.ts';

export interface HomesOptions {
  /** Where the machine's `/` is. */
  readonly root?: string;
  /** Milliseconds that one request may take. */
  readonly deadline?: number;
  /** Milliseconds that the helper process is kept though nothing is asked. */
  readonly leisure?: number;
  /** Told when it has been let go. */
  readonly onRest?: (() => void) | undefined;
}

const DEADLINE = 10_000;
const LEISURE = 60_000;

/**
 * Paths are absolute, as the machine names them, and lie below the user's home. Every change is safe to repeat. It
 * rejects with FileRefused when nothing was done, and with another error when that is not known.
 */
export class Homes {
  readonly #requests: RequestQueue;

  constructor({ root = '/', deadline = DEADLINE, leisure = LEISURE, onRest }: HomesOptions = {}) {
    this.#requests = new RequestQueue(root, deadline, leisure, onRest);
  }

  /** Starts the helper process ahead of the first request, which does so otherwise. */
  start(): void {
    this.#requests.start();
  }

  /** What the user can see of these paths; that something cannot be seen is an entry too. */
  async observe(user: HomeUser, probes: readonly Probe[], signal?: AbortSignal): Promise<Entries> {
    const look = await this.#look({ op: 'observe', user, probes }, signal);
    return look?.entries ?? new Map<string, never>();
  }

  /** As `observe`; undefined where that would give what a look at the same paths gave with this version. */
  look(user: HomeUser, probes: readonly Probe[], known?: string): Promise<HomeLook | undefined> {
    return this.#look({ op: 'observe', user, probes, ...(known === undefined ? {} : { known }) });
  }

  writeFile(user: HomeUser, file: FileToWrite, signal?: AbortSignal): Promise<void> {
    return this.#operate(user, { op: 'write-file', ...file }, signal);
  }

  makeDirectory(user: HomeUser, directory: DirectoryToMake, signal?: AbortSignal): Promise<void> {
    return this.#operate(user, { op: 'make-directory', ...directory }, signal);
  }

  setMode(user: HomeUser, path: string, mode: number, signal?: AbortSignal): Promise<void> {
    return this.#operate(user, { op: 'set-mode', path, mode }, signal);
  }

  rename(user: HomeUser, move: Rename, signal?: AbortSignal): Promise<void> {
    return this.#operate(user, { op: 'rename', ...move }, signal);
  }

  /** Takes as long as the tree is large; others get their turns meanwhile, and each turn has its own deadline. */
  removeTree(user: HomeUser, path: string, signal?: AbortSignal): Promise<void> {
    return this.#operate(user, { op: 'remove-tree', path }, signal);
  }

  /** Removes what a crash left unfinished in this directory. Writing a file does so for the files beside it. */
  removeLeftovers(user: HomeUser, path: string, signal?: AbortSignal): Promise<void> {
    return this.#operate(user, { op: 'remove-leftovers', path }, signal);
  }

  /** Ends the helper process when all that was asked is answered. */
  close(): Promise<void> {
    return this.#requests.close();
  }

  async #look(request: Request, signal?: AbortSignal): Promise<HomeLook | undefined> {
    const response = await this.#ask(request, `look at ${request.user.home}`, signal);
    if (response.kind !== 'observed') return undefined;
    return { version: response.version, entries: new Map(response.entries) };
  }

  async #operate(user: HomeUser, operation: Operation, signal: AbortSignal | undefined): Promise<void> {
    const attempt = attemptOf(operation);
    let isFinished = false;
    while (!isFinished) {
      const response = await this.#ask({ user, ...operation }, attempt, signal);
      isFinished = response.kind === 'operated' && response.isFinished;
    }
  }

  async #ask(request: Request, attempt: string, signal: AbortSignal | undefined): Promise<Response> {
    const response = await this.#requests.ask(request, attempt, signal);
    if (response.kind === 'refused') throw new FileRefused(response.refusal, attempt);
    if (response.kind === 'fault') throw new Error(`${attempt}: ${response.message}`);
    return response;
  }
}
