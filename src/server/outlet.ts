/** An answer without end, to a reader who may be slow: never more than one buffer is kept for it, and one who stands still is let go. */
import type { ServerResponse } from 'node:http';
import type { SetTimer } from '../telemetry/timer.ts';

/** Milliseconds that a reader may leave everything where it is. */
const PATIENCE = 30_000;

/** Begins an answer without end; false when only its headers are asked for. */
export function begin(response: ServerResponse, type: string): boolean {
  response.writeHead(200, { 'Content-Type': type });
  if (response.req.method === 'HEAD') {
    response.end();
    return false;
  }
  response.flushHeaders();
  return true;
}

export class Outlet {
  readonly #response: ServerResponse;
  readonly #setTimer: SetTimer;
  /** Set exactly while the reader has no room. */
  #cancel: (() => void) | undefined;

  /**
   * @param onRoom the reader has room again
   * @param onEnd nobody reads any more
   */
  constructor(response: ServerResponse, setTimer: SetTimer, onRoom: () => void, onEnd: () => void) {
    this.#response = response;
    this.#setTimer = setTimer;
    response.on('drain', () => {
      this.#release();
      onRoom();
    });
    response.on('close', () => {
      this.#release();
      onEnd();
    });
  }

  /** Whether the reader has room: otherwise what is written would only pile up. */
  get hasRoom(): boolean {
    return this.#cancel === undefined && !this.#response.destroyed;
  }

  write(text: string): void {
    if (this.#response.write(text)) return;
    this.#cancel ??= this.#setTimer(() => this.#response.destroy(), PATIENCE);
  }

  #release(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
