/** What happened to each person lately, for whoever asks: bounded, in memory, newest last. */
import type { AuditRecord } from '../report/auditrecord.ts';
import type { AgentEvent } from '../report/report.ts';
import type { NextTry } from './view.ts';

/** Of each kind and person. */
const MOST = 20;

interface Page {
  readonly actions: AuditRecord[];
  readonly events: AgentEvent[];
  next?: NextTry | undefined;
  lastChange?: string;
  isBusy: boolean;
}

export class Diary {
  readonly #pages = new Map<string, Page>();

  /** How many people there is something of. */
  get size(): number {
    return this.#pages.size;
  }

  action(name: string, record: AuditRecord): void {
    const page = this.#page(name);
    append(page.actions, record);
    if (record.result === 'done') page.lastChange = record.at;
  }

  /** Repeats of the event before it are one event. */
  event(name: string, event: AgentEvent): void {
    const { events } = this.#page(name);
    const last = events.at(-1);
    if (last?.reason === event.reason && last.message === event.message) events.pop();
    append(events, event);
  }

  next(name: string, next: NextTry | undefined): void {
    this.#page(name).next = next;
  }

  busy(name: string, isBusy: boolean): void {
    this.#page(name).isBusy = isBusy;
  }

  forget(name: string): void {
    this.#pages.delete(name);
  }

  /** Pages of whoever is known no more go: a pass that ended after somebody had left may have begun one. */
  keepOnly(isKnown: (name: string) => boolean): void {
    for (const name of this.#pages.keys()) if (!isKnown(name)) this.#pages.delete(name);
  }

  of(name: string): Readonly<Page> {
    return this.#pages.get(name) ?? EMPTY;
  }

  #page(name: string): Page {
    const page = this.#pages.get(name) ?? { actions: [], events: [], isBusy: false };
    this.#pages.set(name, page);
    return page;
  }
}

const EMPTY: Readonly<Page> = { actions: [], events: [], isBusy: false };

function append<T>(items: T[], item: T): void {
  items.push(item);
  if (items.length > MOST) items.shift();
}
