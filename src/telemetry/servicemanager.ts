/** What a service tells systemd of itself: sd_notify(3). Told nobody where it does not run under systemd. */
import { escapeControls } from '../api/text/show.ts';
import type { SetTimer } from './timer.ts';

/** Takes assignments of sd_notify(3) to the service manager; must not throw. */
export type Notify = (assignments: readonly string[]) => void;

export class ServiceManager {
  readonly #notify: Notify;
  readonly #monotonic: () => bigint;
  #said: string | undefined;

  /** @param monotonic nanoseconds of CLOCK_MONOTONIC */
  constructor(notify: Notify, monotonic: () => bigint = () => process.hrtime.bigint()) {
    this.#notify = notify;
    this.#monotonic = monotonic;
  }

  /** Start-up, or a reload, is over. */
  ready(status: string): void {
    this.#notify(['READY=1', ...this.#status(status)]);
  }

  /** One line for `systemctl status`; the same one twice is told once. */
  status(text: string): void {
    if (text !== this.#said) this.#notify(this.#status(text));
  }

  /** What is declared is read again; `ready` must follow. */
  reloading(): void {
    this.#notify(['RELOADING=1', `MONOTONIC_USEC=${this.#monotonic() / 1000n}`]);
  }

  stopping(status: string): void {
    this.#notify(['STOPPING=1', ...this.#status(status)]);
  }

  /** What is going on, a start or a stop, is not over within its limit, but `ms` milliseconds from now at the latest. */
  extend(ms: number): void {
    this.#notify([`EXTEND_TIMEOUT_USEC=${Math.ceil(ms * 1000)}`]);
  }

  /** The event loop turns. */
  alive(): void {
    this.#notify(['WATCHDOG=1']);
  }

  #status(text: string): string[] {
    this.#said = text;
    return [`STATUS=${escapeControls(text)}`];
  }
}

/** Milliseconds within which the service must show that it is alive; undefined when nobody watches. */
export function watchdogLimit(
  { WATCHDOG_USEC, WATCHDOG_PID }: Readonly<Record<string, string | undefined>>,
  pid: number,
): number | undefined {
  if (WATCHDOG_PID !== undefined && WATCHDOG_PID !== String(pid)) return undefined;
  return WATCHDOG_USEC !== undefined && /^[1-9]\d{0,15}$/.test(WATCHDOG_USEC)
    ? Number(WATCHDOG_USEC) / 1000
    : undefined;
}

/** Shows from the event loop that it turns, twice within each `limit` milliseconds, until the returned function is called. */
export function feedWatchdog(manager: ServiceManager, limit: number, setTimer: SetTimer): () => void {
  let cancel = (): void => undefined;
  const beat = (): void => {
    manager.alive();
    cancel = setTimer(beat, limit / 2);
  };
  beat();
  return () => cancel();
}
