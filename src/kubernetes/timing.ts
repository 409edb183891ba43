/** Waiting and giving up, by a clock that is handed in. */
import type { Clock } from '../controller/clock.ts';

/** Resolves after `ms`, or at once when `signal` fires: who waits looks at the signal again. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.setTimer(end, ms);
    signal.addEventListener('abort', end);
  });
}

/** A signal that fires with `parent`, or when the time is up. */
export interface Limit {
  readonly signal: AbortSignal;
  /** Whether it fired because time was up. */
  readonly isOver: boolean;
  /** Starts the time again. */
  restart(): void;
  /** Stops the time; `parent` is followed on. */
  disarm(): void;
  /** Must follow, or the timer stays. */
  end(): void;
}

export function limit(clock: Clock, ms: number, parent?: AbortSignal): Limit {
  const controller = new AbortController();
  let isOver = false;
  const expire = (): void => {
    isOver = true;
    controller.abort(new Error(`no answer within ${ms / 1000} s`));
  };
  const follow = (): void => controller.abort(parent?.reason);
  let cancel = clock.setTimer(expire, ms);
  if (parent?.aborted) follow();
  else parent?.addEventListener('abort', follow);
  return {
    signal: controller.signal,
    get isOver() {
      return isOver;
    },
    restart() {
      cancel();
      cancel = clock.setTimer(expire, ms);
    },
    disarm: () => cancel(),
    end() {
      cancel();
      parent?.removeEventListener('abort', follow);
    },
  };
}

/** What `work` comes to, unless `signal` fires first. `work` itself goes on, and its end is heard by nobody. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const give = (): void => reject(signal.reason as Error);
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', give));
  });
}
