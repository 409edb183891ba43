/**
 * Hints about what changes on the machine, so that drift is found before the resync comes.
 *
 * - Nothing is asked and no process is started: the kernel tells of files, systemd of units.
 * - Where the machine is watched from outside, paths are looked up below its root.
 * - Hints of one moment come once each.
 */
import { closeSync, existsSync } from 'node:fs';
import { openRoot } from '../files/calls.ts';
import { SystemFiles } from '../files/system.ts';
import { UnitEvents } from './bus/events.ts';
import { Directories } from './directories.ts';
import { exhaustedSentence } from './exhausted.ts';
import type { Hint, Watched } from './hint.ts';
import { Hints } from './hints.ts';
import { holdsLinks, type Places, placesOf, UNIT_DIRECTORY } from './places.ts';
import { setRealTimer, type SetTimer } from './timer.ts';

export interface MachineWatchSetting {
  /** The machine's root directory as this process sees it: `/`, or where it is mounted. */
  readonly root: string;
  readonly watched: Watched;
  /** What goes unwatched and why, for the administrator; each once. */
  readonly onTrouble: (message: string) => void;
  readonly setTimer?: SetTimer;
  /** Milliseconds, of a clock that never goes back. */
  readonly now?: () => number;
}

export interface MachineWatch {
  /** Watches this from now on. */
  update(watched: Watched): void;
  /** Nothing is told any more, and no descriptor is left. */
  close(): Promise<void>;
}

export function watchMachine(setting: MachineWatchSetting, onHint: (hint: Hint) => void): MachineWatch {
  return new Watch(setting, onHint);
}

class Watch implements MachineWatch {
  readonly #files: SystemFiles;
  readonly #root: number;
  readonly #hints: Hints;
  readonly #directories: Directories;
  /** Absent where systemd does not run. */
  readonly #unitEvents: UnitEvents | undefined;
  readonly #onTrouble: (message: string) => void;
  readonly #said = new Set<string>();
  #watched: Watched;
  #units: ReadonlySet<string> = new Set();
  #places: Places = new Map();

  constructor(setting: MachineWatchSetting, onHint: (hint: Hint) => void) {
    const { root, watched, onTrouble, setTimer = setRealTimer, now = () => performance.now() } = setting;
    this.#onTrouble = onTrouble;
    this.#watched = watched;
    this.#files = new SystemFiles(root);
    this.#root = openRoot(root);
    this.#hints = new Hints(onHint, setTimer);
    this.#directories = new Directories({
      root: this.#root,
      setTimer,
      now,
      onName: (directory, name) => this.#hearName(directory, name),
      onWhole: (directory) => this.#hearWhole(directory),
      onLost: (code) =>
        this.#say(exhaustedSentence(code, 'watch the machine', 'some changes are found at the next resync')),
    });
    this.update(watched);
    this.#unitEvents = isBooted(root) ? this.#listen(root, setTimer) : undefined;
  }

  update(watched: Watched): void {
    this.#watched = watched;
    this.#units = new Set(watched.units);
    this.#places = placesOf(watched, this.#linkDirectories());
    this.#directories.want(new Map([...this.#places].map(([path, { trust }]) => [path, trust])));
  }

  async close(): Promise<void> {
    this.#directories.close();
    this.#hints.close();
    this.#files.close();
    closeSync(this.#root);
    await this.#unitEvents?.close();
  }

  #listen(root: string, setTimer: SetTimer): UnitEvents {
    return new UnitEvents({
      socket: `${root.replace(/\/+$/, '')}/run/systemd/private`,
      uid: process.geteuid?.() ?? 0,
      setTimer,
      onUnit: (unit) => {
        if (this.#units.has(unit)) this.#hints.add([{ kind: 'unit', unit }]);
      },
      onGap: () => this.#hints.add(this.#watched.units.map((unit) => ({ kind: 'unit', unit }))),
      onTrouble: (message) => this.#say(`${message}: changes of units are found at the next resync`),
    });
  }

  #linkDirectories(): string[] {
    const entry = this.#files.observe([{ path: UNIT_DIRECTORY, read: 'list' }]).get(UNIT_DIRECTORY);
    const names = entry?.kind === 'directory' ? (entry.names ?? []) : [];
    return names.filter(holdsLinks).map((name) => `${UNIT_DIRECTORY}/${name}`);
  }

  #hearName(directory: string, name: string): void {
    if (directory === UNIT_DIRECTORY && holdsLinks(name)) this.#hearWhole(directory);
    else this.#hints.add(this.#places.get(directory)?.hintsOf(name) ?? []);
  }

  /** There may be directories of links now that are not watched. */
  #hearWhole(directory: string): void {
    if (directory === UNIT_DIRECTORY) this.update(this.#watched);
    this.#hints.add(this.#places.get(directory)?.all ?? []);
  }

  #say(message: string): void {
    if (this.#said.has(message)) return;
    this.#said.add(message);
    this.#onTrouble(message);
  }
}

/** sd_booted(3). */
function isBooted(root: string): boolean {
  return existsSync(`${root}/run/systemd/system`);
}
