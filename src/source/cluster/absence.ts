/** Whether somebody who is in no list any more is gone: only the server's word for it, and its history, count. */
import type { Api } from '../../kubernetes/api.ts';
import type { Departure } from '../../kubernetes/store.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { SourceTrouble } from '../source.ts';
import { USERS, type AnyObject } from './resources.ts';

export interface AbsencesOptions {
  readonly api: Api;
  /** The machine: whoever belongs to another one now is gone from here. */
  readonly machine: string;
  readonly departed: (name: string) => Departure<AnyObject> | undefined;
  readonly logger: Logger;
  /** Whoever was missed together is gone together: how many go in one step decides whether they may. */
  readonly onGone: (names: readonly string[]) => void;
  /** It could not be found out: ask again in a while. */
  readonly onUnsure: () => void;
}

export class Absences {
  readonly #options: AbsencesOptions;
  /** Whom a server that went back in its history has lost. */
  readonly #lost = new Set<string>();
  readonly #asked = new Set<string>();
  /** Who is gone, while others are asked for. */
  readonly #gone = new Set<string>();

  constructor(options: AbsencesOptions) {
    this.#options = options;
  }

  /** Whom a server has lost, as an earlier run or the history shows. */
  lose(names: Iterable<string>): void {
    for (const name of names) this.#lost.add(name);
  }

  get lost(): readonly string[] {
    return [...this.#lost];
  }

  seen(name: string): void {
    this.#lost.delete(name);
    this.#gone.delete(name);
  }

  /** What is asked twice at once is asked once. */
  async ask(name: string): Promise<void> {
    const { api, machine, departed, logger, onUnsure } = this.#options;
    if (departed(name)?.by === 'rewind') this.#lost.add(name);
    if (this.#lost.has(name) || this.#asked.has(name) || this.#gone.has(name)) return;
    this.#asked.add(name);
    try {
      const found = await api.get<AnyObject>(USERS, name);
      if (found?.spec?.['workstation'] !== machine) this.#gone.add(name);
    } catch (error) {
      logger.log('warning', `ask whether ${name} is gone: ${(error as Error).message}: it is asked again`);
      onUnsure();
    } finally {
      this.#asked.delete(name);
    }
    if (this.#asked.size === 0) this.#tell();
  }

  #tell(): void {
    const names = [...this.#gone];
    this.#gone.clear();
    if (names.length > 0) this.#options.onGone(names);
  }

  get trouble(): SourceTrouble | undefined {
    if (this.#lost.size === 0) return undefined;
    const names = [...this.#lost].join(', ');
    const message = `the history of the API server went back and it has lost ${names}: they are kept as they were: create them again, and delete whoever is to go`;
    return { reason: 'HistoryLost', message };
  }
}
