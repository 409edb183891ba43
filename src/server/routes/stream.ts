/**
 * The whole status as server-sent events (`text/event-stream`): a message on connecting and whenever it has changed, at
 * most twice a second; events `ping` in between, so that a reader notices when nobody sends any more. A status is printed
 * once for all readers.
 */
import type { ServerResponse } from 'node:http';
import type { AgentView } from '../../agent/view.ts';
import type { SetTimer } from '../../telemetry/timer.ts';
import { begin, Outlet } from '../outlet.ts';

/** Milliseconds between two events. */
const PAUSE = 500;
const PING_PAUSE = 15_000;

const PING = 'event: ping\ndata: {}\n\n';

interface Reader {
  readonly outlet: Outlet;
  /** The event that was sent last. */
  sent: string;
}

export class StatusStream {
  readonly #view: AgentView;
  readonly #setTimer: SetTimer;
  readonly #readers = new Set<Reader>();
  /** Set exactly while there are readers. */
  #unsubscribe: (() => void) | undefined;
  #cancelPing = (): void => undefined;
  /** Set while the pause after an event lasts; `isStale` then says whether another one is due at its end. */
  #cancelPause: (() => void) | undefined;
  #isStale = false;
  #event = '';

  constructor(view: AgentView, setTimer: SetTimer) {
    this.#view = view;
    this.#setTimer = setTimer;
  }

  add(response: ServerResponse): void {
    if (!begin(response, 'text/event-stream; charset=utf-8')) return;
    const outlet = new Outlet(
      response,
      this.#setTimer,
      () => this.#send(reader),
      () => this.#remove(reader),
    );
    const reader: Reader = { outlet, sent: '' };
    this.#readers.add(reader);
    if (this.#unsubscribe === undefined) this.#begin();
    this.#send(reader);
  }

  #begin(): void {
    this.#unsubscribe = this.#view.onChange(() => this.#changed());
    this.#event = this.#print();
    const beat = (): void => {
      for (const { outlet } of this.#readers) if (outlet.hasRoom) outlet.write(PING);
      this.#cancelPing = this.#setTimer(beat, PING_PAUSE);
    };
    this.#cancelPing = this.#setTimer(beat, PING_PAUSE);
  }

  #remove(reader: Reader): void {
    this.#readers.delete(reader);
    if (this.#readers.size > 0) return;
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#cancelPing();
    this.#cancelPause?.();
    this.#cancelPause = undefined;
    this.#isStale = false;
  }

  #changed(): void {
    if (this.#cancelPause !== undefined) {
      this.#isStale = true;
      return;
    }
    this.#isStale = false;
    this.#event = this.#print();
    for (const reader of this.#readers) this.#send(reader);
    this.#cancelPause = this.#setTimer(() => {
      this.#cancelPause = undefined;
      if (this.#isStale) this.#changed();
    }, PAUSE);
  }

  #send(reader: Reader): void {
    if (reader.sent === this.#event || !reader.outlet.hasRoom) return;
    reader.sent = this.#event;
    reader.outlet.write(this.#event);
  }

  /** JSON has no line breaks, so it is one line of data. */
  #print(): string {
    return `data: ${JSON.stringify(this.#view.status())}\n\n`;
  }
}
