/**
 * Datagrams to a socket that was opened and connected before this program started, since Node opens none: see
 * `bin/datagrams`. A write to its descriptor sends one.
 */
import { fstatSync, writeSync } from 'node:fs';
import { realTimer, type SetTimer } from './timer.ts';

/** Milliseconds until a receiver that had no room is tried again. */
const PATIENCE = 5;
/** Bytes that wait for a receiver: some ten thousand lines. What comes on top of them is lost. */
const LARGEST_BACKLOG = 4 * 2 ** 20;

interface Waiting {
  readonly datagram: Buffer;
  readonly onLost: () => void;
}

export class Datagrams {
  readonly #fd: number;
  readonly #setTimer: SetTimer;
  /** In the order in which they were sent; a timer is set exactly while there are some. */
  #backlog: Waiting[] = [];
  /** Bytes of all in the backlog. */
  #size = 0;

  constructor(fd: number, setTimer: SetTimer = realTimer) {
    this.#fd = fd;
    this.#setTimer = setTimer;
  }

  /**
   * Sends it at once, or when the receiver has room again; in order, never blocking, never throwing. `onLost` is called
   * when it cannot be delivered: it is larger than the system allows, nobody receives, or too many wait already.
   */
  send(datagram: Buffer, onLost: () => void): void {
    if (this.#backlog.length === 0 && this.#write(datagram, onLost)) return;
    if (this.#size + datagram.length > LARGEST_BACKLOG) return onLost();
    if (this.#backlog.push({ datagram, onLost }) === 1) this.#setTimer(() => this.#drain(), PATIENCE);
    this.#size += datagram.length;
  }

  /** Delivers what it can of what waits; the rest is lost. */
  close(): void {
    const left = this.#afterWrites();
    this.#backlog = [];
    this.#size = 0;
    for (const { onLost } of left) onLost();
  }

  #drain(): void {
    const left = this.#afterWrites();
    this.#backlog = left;
    this.#size = left.reduce((sum, { datagram }) => sum + datagram.length, 0);
    if (left.length > 0) this.#setTimer(() => this.#drain(), PATIENCE);
  }

  #afterWrites(): Waiting[] {
    const stuck = this.#backlog.findIndex(({ datagram, onLost }) => !this.#write(datagram, onLost));
    return stuck === -1 ? [] : this.#backlog.slice(stuck);
  }

  /** False when the receiver has no room now. */
  #write(datagram: Buffer, onLost: () => void): boolean {
    try {
      writeSync(this.#fd, datagram);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN' || code === 'ENOBUFS') return false;
      onLost();
    }
    return true;
  }
}

/** The descriptor that a variable of the environment names, where that is an open socket. */
export function inheritedSocket(value: string | undefined): number | undefined {
  if (value === undefined || !/^\d{1,4}$/.test(value)) return undefined;
  try {
    return fstatSync(Number(value)).isSocket() ? Number(value) : undefined;
  } catch {
    return undefined;
  }
}
