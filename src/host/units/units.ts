/**
 * systemd units.
 *
 * - Looking takes one process for all of them, whoever they belong to, and none where no systemd runs.
 * - What many people ask for becomes one batch: at most one reload of systemd.
 * - One bad unit fails alone; one that hangs keeps nobody else waiting.
 * - A running unit is never restarted.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { UnitFacts } from '../../sections/facts.ts';
import { Coalescer } from '../coalescer.ts';
import type { Done } from '../machine.ts';
import type { Reach } from '../programs/reach.ts';
import { runBatch, type Request, type UnitAction } from './batch.ts';
import { EXPLAINING, type Properties } from './explain.ts';
import { UnitFiles, type Look } from './files.ts';
import { Settling, type SettlingOptions } from './settling.ts';
import { Systemctl, systemctlOn, type Change, type RunSystemctl } from './systemctl.ts';

export interface UnitsOptions {
  readonly reach: Reach;
  readonly look: Look;
  readonly systemctl?: RunSystemctl;
  /** Who enables and disables. Default: systemctl. */
  readonly change?: Change;
  readonly settling?: SettlingOptions;
  /** Milliseconds that a request waits for others when nobody flushes. Default: ten seconds. */
  readonly patience?: number;
  /** Milliseconds that a question why a unit failed waits for others. Default: ten. */
  readonly explainWait?: number;
}

/** Milliseconds: as long as a first pass of many takes; and that failed units wait to be asked about. */
const BATCH_WAIT = 10_000;
const EXPLAIN_WAIT = 10;
/** Half a minute is longer than any service takes that somebody waits for. */
const SETTLING: SettlingOptions = {
  limit: 30_000,
  now: () => performance.now(),
  sleep: (ms) => sleep(ms),
};
const UNKNOWN: UnitFacts = { exists: false, masked: false, enabled: false, active: 'unknown' };

export class Units {
  readonly #reach: Reach;
  readonly #look: Look;
  readonly #systemctl: Systemctl;
  readonly #change: Change;
  readonly #settling: Settling;
  readonly #facts = new Map<string, UnitFacts>();
  readonly #requests: Coalescer<Request, Done>;
  readonly #questions: Coalescer<string, Properties>;
  /** As of the last look. */
  #files: UnitFiles | undefined;

  constructor(options: UnitsOptions) {
    const { reach, look, systemctl = systemctlOn(reach), change } = options;
    const { settling = SETTLING, patience = BATCH_WAIT, explainWait = EXPLAIN_WAIT } = options;
    this.#reach = reach;
    this.#look = look;
    this.#systemctl = new Systemctl(systemctl);
    this.#change = change ?? this.#systemctl.change;
    this.#settling = new Settling(this.#systemctl, settling);
    this.#requests = new Coalescer({ maxWait: patience, run: (requests) => this.#runBatch(requests) });
    this.#questions = new Coalescer({ maxWait: explainWait, run: (units) => this.#explain(units) });
  }

  /** Every unit as it was last looked at, or as the last batch left it. */
  get facts(): ReadonlyMap<string, UnitFacts> {
    return this.#facts;
  }

  /** Looks at these units; `facts` has them then. */
  async look(units: readonly string[]): Promise<void> {
    const files = this.#files?.isStill() === true ? this.#files : new UnitFiles(this.#look);
    this.#files = files;
    const isRunning = this.#absence() === undefined;
    const loaded = isRunning && units.length > 0 ? await this.#systemctl.list(units) : undefined;
    for (const unit of units) {
      const active = loaded === undefined ? 'unknown' : (loaded.get(unit)?.active ?? 'inactive');
      this.#facts.set(unit, { ...files.facts(unit), active });
    }
  }

  /** Takes part in the next batch, which goes off at `flush`, or when it has waited long. */
  do(action: UnitAction): Promise<Done> {
    return this.#ask(action);
  }

  /** A unit file was written: the next batch makes systemd read them again, even where nothing else is asked for. */
  unitFilesChanged(): Promise<Done> {
    return this.#ask({ kind: 'reload' });
  }

  /** Nobody else is about to ask for something. */
  flush(): void {
    this.#requests.idle();
  }

  async #ask(request: Request): Promise<Done> {
    try {
      return await this.#requests.add(request);
    } catch (error) {
      return { kind: 'failed', reason: 'SystemdFailed', message: (error as Error).message };
    }
  }

  async #runBatch(requests: readonly Request[]): Promise<(Done | Promise<Done>)[]> {
    const machine = {
      systemctl: this.#systemctl,
      change: this.#change,
      absence: this.#absence(),
      readFiles: () => new UnitFiles(this.#look),
      settle: (unit: string) => this.#settling.wait(unit),
      properties: (unit: string) => this.#questions.add(unit),
      remember: (unit: string, facts: Partial<UnitFacts>) =>
        void this.#facts.set(unit, { ...(this.#facts.get(unit) ?? UNKNOWN), ...facts }),
    };
    return runBatch(machine, requests);
  }

  async #explain(units: readonly string[]): Promise<Properties[]> {
    const shown = await this.#systemctl.show([...new Set(units)], EXPLAINING);
    return units.map((unit) => shown.get(unit) ?? new Map());
  }

  /** sd_booted(3): systemd runs where this directory exists. */
  #absence(): string | undefined {
    if (this.#reach.kind === 'image') return 'left for the first boot, since this is an image';
    const directory = '/run/systemd/system';
    const found = this.#look([{ path: directory, read: 'stat' }]).get(directory);
    return found?.kind === 'directory'
      ? undefined
      : 'systemd is not running on this machine: left for its next boot';
  }
}
