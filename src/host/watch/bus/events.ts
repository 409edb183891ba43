/**
 * What changes about units, from systemd itself: whoever is connected to its private socket, which only root may be, is
 * told of every change of any unit without asking for it (seen with systemd 252: src/core/dbus.c, "Send to all direct
 * connections, unconditionally"). No process is started, and nothing is ever asked: a connection on which nothing
 * changes costs nothing. One that ends, as with `systemctl daemon-reexec`, is made again.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { SetTimer } from '../timer.ts';
import { Answer, greeting } from './handshake.ts';
import { type Header, Messages } from './message.ts';
import { unitOfPath } from './unit.ts';

export interface UnitEventsOptions {
  /** The path of the socket. */
  readonly socket: string;
  readonly uid: number;
  readonly setTimer: SetTimer;
  readonly onUnit: (unit: string) => void;
  /** Connected again: what happened in between is not known. */
  readonly onGap: () => void;
  /** Why there is no connection; there may be one later. */
  readonly onTrouble: (message: string) => void;
}

/** Milliseconds before a connection is made again: after the first failure, and after many. */
const [SHORTEST, LONGEST] = [100, 30_000];

export class UnitEvents {
  readonly #options: UnitEventsOptions;
  /** Present except while waiting for the next attempt. */
  #socket: Socket | undefined;
  #cancelRetry: (() => void) | undefined;
  #delay = SHORTEST;
  #wasConnected = false;
  #isClosed = false;

  constructor(options: UnitEventsOptions) {
    this.#options = options;
    this.#connect();
  }

  /** Resolves when the connection is closed. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelRetry?.();
    const socket = this.#socket;
    if (socket === undefined) return;
    const closed = once(socket, 'close');
    socket.destroy();
    await closed;
  }

  #connect(): void {
    const { socket: path, uid } = this.#options;
    const socket = connect(path);
    this.#socket = socket;
    let failure = 'it was closed';
    const fail = (error: unknown) => {
      failure = (error as Error).message;
      socket.destroy();
    };
    socket.on('error', fail);
    socket.on('close', () => this.#retry(failure));
    const read = this.#reader();
    socket.on('data', (piece) => {
      try {
        read(piece);
      } catch (error) {
        fail(error);
      }
    });
    socket.write(greeting(uid), 'latin1');
  }

  #reader(): (piece: Buffer) => void {
    const answer = new Answer();
    let messages: Messages | undefined;
    return (piece) => {
      const rest = messages === undefined ? answer.push(piece) : piece;
      if (rest === undefined) return;
      if (messages === undefined) this.#connected();
      messages ??= new Messages();
      for (const header of messages.push(rest)) this.#hear(header);
    };
  }

  #connected(): void {
    this.#delay = SHORTEST;
    if (this.#wasConnected) this.#options.onGap();
    this.#wasConnected = true;
  }

  #hear({ type, path, interface: name, member }: Header): void {
    if (type !== 'signal' || name !== 'org.freedesktop.DBus.Properties' || member !== 'PropertiesChanged')
      return;
    const unit = unitOfPath(path ?? '');
    if (unit !== undefined) this.#options.onUnit(unit);
  }

  #retry(failure: string): void {
    this.#socket = undefined;
    if (this.#isClosed) return;
    const { socket, setTimer, onTrouble } = this.#options;
    // A manager that executes itself anew is back at once.
    if (this.#delay > SHORTEST) onTrouble(`listen to systemd at ${socket}: ${failure}`);
    this.#cancelRetry = setTimer(() => this.#connect(), this.#delay);
    this.#delay = Math.min(2 * this.#delay, LONGEST);
  }
}
