/**
 * One socket for each person who is served, which the kernel lets nobody but them (and root) connect to. Node cannot ask
 * who is at the other end of a socket (SO_PEERCRED), so each way in is for one person.
 */
import { readdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Logger } from '../../telemetry/logger.ts';
import type { RuntimeDirectory } from './runtime.ts';

/** Who is served: metadata.name, the account, and its uid. */
export interface Served {
  readonly name: string;
  readonly osUser: string;
  readonly uid: number;
}

/** Watching in a few terminals, and asking meanwhile. */
const CONNECTIONS_EACH = 16;

interface Door {
  readonly served: Served;
  readonly server: Server;
  readonly connections: Set<Socket>;
}

export class PeopleDoors {
  readonly #directory: RuntimeDirectory;
  readonly #admit: (socket: Socket, name: string) => void;
  readonly #logger: Logger;
  /** By account; each has its socket in the directory, and no other socket is there. */
  readonly #doors = new Map<string, Door>();
  /** Accounts whose door could not be opened; it is tried again each time, and said once. */
  readonly #failed = new Set<string>();
  /** Changes are made one after the other. */
  #work: Promise<void> = Promise.resolve();

  constructor(directory: RuntimeDirectory, admit: (socket: Socket, name: string) => void, logger: Logger) {
    this.#directory = directory;
    this.#admit = admit;
    this.#logger = logger;
    // What a killed agent left behind.
    for (const left of readdirSync(directory.people))
      rmSync(join(directory.people, left), { recursive: true });
  }

  /** Whether every door that was asked for is open. */
  get isComplete(): boolean {
    return this.#failed.size === 0;
  }

  /** Opens and closes doors until there is one for each of these; resolves when it is done. Never rejects. */
  serve(people: readonly Served[]): Promise<void> {
    this.#work = this.#work.then(() => this.#settle(people));
    return this.#work;
  }

  close(): Promise<void> {
    return this.serve([]);
  }

  async #settle(people: readonly Served[]): Promise<void> {
    const wanted = new Map(people.map((served) => [served.osUser, served]));
    for (const door of this.#doors.values()) {
      if (!isSame(door.served, wanted.get(door.served.osUser))) this.#close(door);
    }
    for (const account of this.#failed) if (!wanted.has(account)) this.#failed.delete(account);
    for (const served of wanted.values()) if (!this.#doors.has(served.osUser)) await this.#open(served);
  }

  async #open(served: Served): Promise<void> {
    const connections = new Set<Socket>();
    // A connection whose other half is closed can still be answered: HTTP decides.
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      connections.add(socket);
      socket.once('close', () => connections.delete(socket));
      this.#admit(socket, served.name);
    });
    server.maxConnections = CONNECTIONS_EACH;
    const log = this.#logger.with({ user: served.name });
    try {
      await this.#directory.listen(server, this.#pathOf(served), served.uid);
      server.on('error', (error) => log.log('warning', `accept a connection: ${error.message}`));
      this.#doors.set(served.osUser, { served, server, connections });
      this.#failed.delete(served.osUser);
    } catch (error) {
      if (this.#failed.has(served.osUser)) return;
      this.#failed.add(served.osUser);
      log.log('warning', `open a socket for ${served.osUser}: ${(error as Error).message}`);
    }
  }

  #close({ served, server, connections }: Door): void {
    this.#doors.delete(served.osUser);
    this.#directory.remove(this.#pathOf(served));
    server.close();
    for (const socket of connections) socket.destroy();
  }

  #pathOf({ osUser }: Served): string {
    return join(this.#directory.people, `${osUser}.sock`);
  }
}

function isSame(a: Served, b: Served | undefined): boolean {
  return b !== undefined && a.uid === b.uid && a.name === b.name;
}
