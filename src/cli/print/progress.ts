/**
 * How an apply goes on. On a terminal one line is drawn again and again in place, and what ended stays above it;
 * elsewhere every action is a line once it has ended. Nothing is left behind: neither a half-drawn line nor a timer.
 */
import { escapeControls } from '../../api/text/show.ts';
import type { Clock } from '../../controller/clock.ts';
import type { Done } from '../../host/machine.ts';
import type { Action } from '../../sections/action.ts';
import type { Verdict } from './results.ts';
import type { Style } from './style.ts';
import { cutTo } from './width.ts';
import { printAction } from './words.ts';

export interface ProgressOptions {
  write(text: string): void;
  readonly clock: Clock;
  readonly style: Style;
  /** Columns of the terminal; undefined where it is none. */
  readonly columns: number | undefined;
  /** People in the pass. */
  readonly total: number;
}

/** Milliseconds between two drawings: often enough for the eye, too seldom to cost anything. */
const INTERVAL = 100;
/** Carriage return, then erase to the end of the line (ECMA-48 EL). */
const ERASE = '\r\x1b[K';

export class Progress {
  readonly #options: ProgressOptions;
  /** What runs now, by OS user, in the order in which it began; nobody is in here with nothing. */
  readonly #running = new Map<string, Action[]>();
  #finished = 0;
  #isDrawn = false;
  #drawnAt = -Infinity;
  /** Set while a drawing was put off: the last event of a burst may be the one that takes minutes. */
  #cancelTimer: (() => void) | undefined;

  constructor(options: ProgressOptions) {
    this.#options = options;
  }

  began(user: string, action: Action): void {
    this.#running.set(user, [...(this.#running.get(user) ?? []), action]);
    this.#drawSoon();
  }

  ended(user: string, action: Action, done: Done, duration: number): void {
    const left = (this.#running.get(user) ?? []).filter((other) => other !== action);
    if (left.length > 0) this.#running.set(user, left);
    else this.#running.delete(user);
    if (this.#options.columns === undefined || done.kind === 'failed') {
      this.#say(endOf(user, action, done, duration, this.#options.style));
    }
    this.#drawSoon();
  }

  /** A person is through; `actions`: how many were done. */
  finished(user: string, { result, reason }: Verdict, actions: number): void {
    this.#running.delete(user);
    this.#finished += 1;
    const { style, columns } = this.#options;
    if (columns !== undefined) {
      const word =
        result === 'Ready' ? style.added(result) : style.warning(`${result} (${escapeControls(reason)})`);
      this.#say(`${escapeControls(user)}: ${word}, ${actions} ${actions === 1 ? 'action' : 'actions'}`);
    }
    this.#drawSoon();
  }

  /** Takes the status line away. Nothing may be told after this. */
  close(): void {
    this.#callOff();
    this.#erase();
  }

  /** Its caller draws next, and at once: a status line that is gone for a moment flickers. */
  #say(line: string): void {
    this.#callOff();
    this.#erase();
    this.#options.write(`${line}\n`);
    this.#drawnAt = -Infinity;
  }

  #drawSoon(): void {
    const { columns, clock } = this.#options;
    if (columns === undefined || this.#cancelTimer !== undefined) return;
    const wait = this.#drawnAt + INTERVAL - clock.now();
    if (wait <= 0) this.#draw(columns);
    else this.#cancelTimer = clock.setTimer(() => this.#draw(columns), wait);
  }

  #draw(columns: number): void {
    this.#cancelTimer = undefined;
    this.#drawnAt = this.#options.clock.now();
    this.#isDrawn = true;
    // One cell stays free: a full line would wrap, and then only its second part would be erased.
    this.#options.write(ERASE + cutTo(this.#status(), Math.max(1, columns - 1)));
  }

  #status(): string {
    const [first, ...others] = [...this.#running];
    const counted = `${this.#finished}/${this.#options.total}`;
    if (first === undefined) return counted;
    const [user, actions] = first;
    const action = actions.at(-1);
    const words = action === undefined ? '' : printAction(action, user);
    const more =
      others.length > 0 ? ` (and ${others.map(([other]) => escapeControls(other)).join(', ')})` : '';
    return `${counted} ${escapeControls(user)}: ${words}${more}`;
  }

  #callOff(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #erase(): void {
    if (this.#isDrawn) this.#options.write(ERASE);
    this.#isDrawn = false;
  }
}

function endOf(user: string, action: Action, done: Done, duration: number, style: Style): string {
  const what = `${escapeControls(user)}: ${printAction(action, user)}`;
  const seconds = `(${(duration / 1000).toFixed(1)} s)`;
  if (done.kind === 'failed')
    return `${what} ${style.removed('failed')} ${seconds}: ${escapeControls(done.message)}`;
  return `${what} done ${seconds}${done.note === undefined ? '' : `: ${escapeControls(done.note)}`}`;
}
