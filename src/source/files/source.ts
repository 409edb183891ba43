/**
 * Desired state from files that are watched.
 *
 * - Events of the kernel say when to look; a slow poll says it too, for network file systems and when no watches are left.
 *   A poll that finds nothing changed reads nothing.
 * - What is read is believed at once where it cannot be half of something; otherwise when it has stood still for a while.
 * - What cannot be believed changes nothing: the last good state holds, across restarts too, and `trouble` says why.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { printProblem } from '../../api/text/problem.ts';
import { type Clock, realClock } from '../../controller/clock.ts';
import type { StateFiles } from '../../report/store.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { DeclaredState, Source, SourceTrouble } from '../source.ts';
import { exhaustedSentence } from '../../host/watch/exhausted.ts';
import { watchPaths, type Watching } from './events.ts';
import { type Sizes, sizesOf } from './half.ts';
import { type FilePaths, type Good, judge, type Judgement, stateOf } from './judge.ts';
import { LastGood } from './lastgood.ts';
import type { KnownPolicies } from './load.ts';
import { type Occasion, Looks } from './looks.ts';
import { type Reading, readPaths } from './read.ts';
import { signatureOf } from './signature.ts';

export interface FileSourceSetting {
  /** As this process finds them; outside of a machine that is mounted or an image. */
  readonly paths: FilePaths;
  readonly files: StateFiles;
  /** The state directory, absolute, on the machine. */
  readonly directory: string;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Milliseconds since 1970, by the clock that file systems use. */
  readonly now?: () => number;
  /** Milliseconds between two polls. */
  readonly pollMs?: number;
  /** Milliseconds that what may be half of a file must stand still to be believed. */
  readonly stillMs?: number;
  /** False where no events are to be expected: polls alone. */
  readonly hasEvents?: boolean;
}

const POLL_MS = 10_000;

/** Milliseconds. The events of one save come within a few. */
const SETTLE_MS = 5;

/** Milliseconds. A writer that is in the middle of a file goes on sooner. */
const STILL_MS = 500;

export class FileSource implements Source {
  readonly #setting: FileSourceSetting;
  readonly #paths: readonly string[];
  readonly #clock: Clock;
  readonly #lastGood: LastGood;
  readonly #looks: Looks;
  readonly #ready = Promise.withResolvers<void>();
  #onChange: () => void = () => undefined;
  #watching: Watching | undefined;
  /** Of the files when they were last read; undefined while they are too young to tell. */
  #signature: string | undefined;
  /** What was read and judged last, and believed. */
  #believed: { readonly digest: string; readonly sizes: Sizes } | undefined;
  /** What was read last and is not believed yet. */
  #waiting: { readonly digest: string; readonly since: number } | undefined;
  #good: Good = {};
  readonly #policies: KnownPolicies = new Map();
  #current: DeclaredState | undefined;
  #trouble: SourceTrouble | undefined;
  /** What was said of the last reading. */
  #warnings: readonly string[] = [];

  constructor(setting: FileSourceSetting) {
    const { roster, workstation } = setting.paths;
    this.#setting = setting;
    this.#paths = workstation === undefined ? roster : [...roster, workstation];
    if (this.#paths.includes('-'))
      throw new Error('watch -: standard input can be read only once, name a file');
    this.#clock = setting.clock ?? realClock;
    this.#lastGood = new LastGood(setting.files, setting.directory, setting.logger);
    this.#looks = new Looks({
      look: (occasion) => this.#look(occasion),
      clock: this.#clock,
      pollMs: setting.pollMs ?? POLL_MS,
      onError: (error) => setting.logger.log('error', `read ${this.#paths.join(', ')}: ${String(error)}`),
    });
  }

  get current(): DeclaredState | undefined {
    return this.#current;
  }

  get trouble(): SourceTrouble | undefined {
    return this.#trouble;
  }

  /** Waits for files that are missing or broken as long as there was never a good state. */
  async start(onChange: () => void, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#onChange = onChange;
    this.#good = this.#lastGood.load();
    this.#current = stateOf(this.#good);
    this.#watch();
    this.#looks.start();
    const aborted = Promise.withResolvers<never>();
    const abort = () => aborted.reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    try {
      await Promise.race([this.#ready.promise, aborted.promise]);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** Reads now, and believes what is there: whoever asks is done with writing. */
  reload(): Promise<void> {
    this.#signature = undefined;
    this.#watch();
    return this.#looks.ask();
  }

  async stop(): Promise<void> {
    await this.#looks.stop();
    await this.#watching?.close();
    this.#watching = undefined;
  }

  #watch(): void {
    if (this.#watching !== undefined || this.#setting.hasEvents === false) return;
    const watching = watchPaths(this.#paths, {
      onEvent: () => this.#looks.hear(SETTLE_MS),
      onLost: (code) => {
        if (this.#watching !== watching) return;
        this.#watching = undefined;
        void watching.close();
        const attempt = `watch ${this.#paths.join(', ')}`;
        const consequence = 'changes are found by looking now and then';
        this.#setting.logger.log('warning', exhaustedSentence(code, attempt, consequence));
      },
    });
    this.#watching = watching;
  }

  async #look(occasion: Occasion): Promise<void> {
    const signature = await signatureOf(this.#paths, (this.#setting.now ?? Date.now)());
    if (occasion === 'poll') {
      if (this.#believed !== undefined) this.#lastGood.save(this.#good);
      if (signature !== undefined && signature === this.#signature) return;
    }
    this.#signature = signature;
    const reading = await readPaths(this.#paths, Readable.from([]));
    const digest = digestOf(reading);
    if (digest === this.#believed?.digest) {
      this.#waiting = undefined;
      return;
    }
    const { paths } = this.#setting;
    const before = { sizes: this.#believed?.sizes ?? new Map(), policies: this.#policies };
    const judgement = judge(reading, this.#good, paths, before);
    if (occasion !== 'asked' && judgement.mayBeHalf && !this.#hasStoodStill(digest)) return;
    this.#waiting = undefined;
    this.#believed = { digest, sizes: sizesOf(reading) };
    this.#take(judgement);
  }

  #hasStoodStill(digest: string): boolean {
    const now = this.#clock.now();
    if (this.#waiting?.digest !== digest) this.#waiting = { digest, since: now };
    const left = this.#waiting.since + (this.#setting.stillMs ?? STILL_MS) - now;
    if (left > 0) this.#looks.hear(left);
    return left <= 0;
  }

  #take({ good, trouble, warnings }: Judgement): void {
    const state = stateOf(good);
    const isNews =
      state?.revision !== this.#current?.revision ||
      JSON.stringify(trouble) !== JSON.stringify(this.#trouble);
    this.#good = good;
    // An equal state keeps its identity.
    if (state?.revision !== this.#current?.revision) this.#current = state;
    this.#trouble = trouble;
    this.#warn(warnings.map(printProblem));
    this.#lastGood.save(good);
    if (this.#current !== undefined) this.#ready.resolve();
    if (isNews) this.#onChange();
  }

  /** Says what was not said of the reading before. */
  #warn(warnings: readonly string[]): void {
    for (const warning of warnings) {
      if (!this.#warnings.includes(warning)) this.#setting.logger.log('warning', warning);
    }
    this.#warnings = warnings;
  }
}

function digestOf({ read, problems }: Reading): string {
  const hash = createHash('sha256').update(JSON.stringify(problems));
  for (const { file, bytes } of read) hash.update(`\0${file}\0${bytes.length}\0`).update(bytes);
  return hash.digest('hex');
}
