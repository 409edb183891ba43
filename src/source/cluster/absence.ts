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
  /** Makes sure that the server has forgotten nobody: else whoever it has is lost before this resolves. */
  readonly confirm: () => Promise<void>;
  /**
   * All that was asked has been answered. Whoever was missed together is gone together: how many go in one step decides
   * whether they may.
   */
  readonly onFound: (gone: readonly string[]) => void;
  /** It could not be found out: ask again in a while. */
  readonly onUnsure: () => void;
}

export class Absences {
  readonly #options: AbsencesOptions;
  /** Whom a server that went back in its history has lost. */
  readonly #lost = new Set<string>();
  readonly #asked = new Set<string>();
  /** Who is gone as far as the server knows, while others are asked for and until it has been found to know all. */
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
    const { api, machine, departed } = this.#options;
    if (departed(name)?.by === 'rewind') this.#lost.add(name);
    if (this.#lost.has(name) || this.#asked.has(name) || this.#gone.has(name)) return;
    this.#asked.add(name);
    await this.#attempt(`ask whether ${name} is gone`, async () => {
      const found = await api.get<AnyObject>(USERS, name);
      if (found?.spec?.['workstation'] !== machine) this.#gone.add(name);
    });
    this.#asked.delete(name);
    if (this.#asked.size === 0 && this.#gone.size > 0) await this.#conclude([...this.#gone]);
  }

  /** Those who were seen again in the meantime are not gone. */
  async #conclude(names: readonly string[]): Promise<void> {
    const isSure = await this.#attempt(
      'make sure that the API server has forgotten nobody',
      this.#options.confirm,
    );
    const gone = names.filter((name) => this.#gone.delete(name));
    if (isSure) this.#options.onFound(gone.filter((name) => !this.#lost.has(name)));
  }

  async #attempt(attempt: string, work: () => Promise<void>): Promise<boolean> {
    const { logger, onUnsure } = this.#options;
    try {
      await work();
      return true;
    } catch (error) {
      logger.log('warning', `${attempt}: ${(error as Error).message}: it is asked again`);
      onUnsure();
      return false;
    }
  }

  get trouble(): SourceTrouble | undefined {
    if (this.#lost.size === 0) return undefined;
    const names = [...this.#lost].join(', ');
    const message = `the history of the API server went back and it has lost ${names}: they are kept as they were: create them again, and delete whoever is to go`;
    return { reason: 'HistoryLost', message };
  }
}
