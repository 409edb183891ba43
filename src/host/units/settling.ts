/**
 * Waits until systemd has done what it was asked for, for many units with one question at a time. Each unit's answer
 * comes as soon as that unit is settled: one that hangs keeps nobody else waiting.
 */
import type { LoadedUnit, Systemctl } from './systemctl.ts';

export interface SettlingOptions {
  /** Milliseconds that a unit is waited for. */
  readonly limit: number;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** `late`: still on its way when the limit was over. */
export type Settled = { readonly kind: 'settled' | 'late'; readonly active: LoadedUnit['active'] };

interface Wait {
  readonly until: number;
  readonly settle: PromiseWithResolvers<Settled>;
}

/** Milliseconds between two questions: most units start in a few, a slow one needs no quick answer. */
const FIRST_PAUSE = 5;
const LONGEST_PAUSE = 500;
const NOT_LOADED: LoadedUnit = { active: 'inactive', isMoving: false };

export class Settling {
  readonly #systemctl: Pick<Systemctl, 'list'>;
  readonly #options: SettlingOptions;
  /** Units asked for and not settled; while there is one, `#ask` runs, once. */
  readonly #waits = new Map<string, Wait[]>();
  #pause = FIRST_PAUSE;
  #isAsking = false;

  constructor(systemctl: Pick<Systemctl, 'list'>, options: SettlingOptions) {
    this.#systemctl = systemctl;
    this.#options = options;
  }

  /** Call it after systemd has taken the request, or it answers with what was before. */
  wait(unit: string): Promise<Settled> {
    const settle = Promise.withResolvers<Settled>();
    const until = this.#options.now() + this.#options.limit;
    this.#waits.set(unit, [...(this.#waits.get(unit) ?? []), { until, settle }]);
    this.#pause = FIRST_PAUSE;
    void this.#ask();
    return settle.promise;
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    while (this.#waits.size > 0) {
      await this.#options.sleep(this.#pause);
      this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE);
      await this.#askOnce(new Map(this.#waits));
    }
    this.#isAsking = false;
  }

  /** Units that are added during the question are left for the next one. */
  async #askOnce(waits: ReadonlyMap<string, readonly Wait[]>): Promise<void> {
    try {
      const loaded = await this.#systemctl.list([...waits.keys()]);
      for (const [unit, asked] of waits) this.#judge(unit, asked, loaded.get(unit) ?? NOT_LOADED);
    } catch (error) {
      for (const [unit, asked] of waits) this.#end(unit, asked, ({ settle }) => settle.reject(error));
    }
  }

  #judge(unit: string, asked: readonly Wait[], { active, isMoving }: LoadedUnit): void {
    const now = this.#options.now();
    if (!isMoving) this.#end(unit, asked, ({ settle }) => settle.resolve({ kind: 'settled', active }));
    const late = asked.filter(({ until }) => until <= now);
    if (isMoving) this.#end(unit, late, ({ settle }) => settle.resolve({ kind: 'late', active }));
  }

  #end(unit: string, waits: readonly Wait[], end: (wait: Wait) => void): void {
    const left = (this.#waits.get(unit) ?? []).filter((wait) => !waits.includes(wait));
    if (left.length === 0) this.#waits.delete(unit);
    else this.#waits.set(unit, left);
    waits.forEach(end);
  }
}
