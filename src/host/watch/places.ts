/** Which directories tell of what is watched, and what a change of a name in them hints at. Pure. */
import { posix } from 'node:path';
import type { Hint, Watched } from './hint.ts';
import type { Trust } from './trust.ts';

/** The account databases of passwd(5), group(5), shadow(5) and gshadow(5): each is replaced by a rename. */
const DATABASES = ['passwd', 'group', 'shadow', 'gshadow'];

/** Where an administrator's units are, and below it the directories of links that enable them: systemd.unit(5). */
export const UNIT_DIRECTORY = '/etc/systemd/system';

/** A directory in which the names of units stand. */
export function holdsLinks(name: string): boolean {
  return /\.(?:wants|requires)$/.test(name);
}

/** What a directory tells of. */
export interface Meaning {
  readonly trust: Trust;
  /** What a change of this name hints at. */
  readonly hintsOf: (name: string) => readonly Hint[];
  /** What it hints at that anything in it may have changed. */
  readonly all: readonly Hint[];
}

export type Places = ReadonlyMap<string, Meaning>;

/** @param linkDirectories the directories of links that there are now, absolute */
export function placesOf(watched: Watched, linkDirectories: readonly string[]): Places {
  const system = new Collected();
  for (const name of DATABASES) system.name('/etc', name, { kind: 'accounts' });
  for (const path of watched.files)
    system.name(posix.dirname(path), posix.basename(path), { kind: 'file', path });
  for (const directory of watched.directories) {
    const all: Hint[] = [{ kind: 'file', path: directory }];
    system.every(directory, (name) => [{ kind: 'file', path: posix.join(directory, name) }], all);
  }
  const units = unitsByName(watched.units);
  const hintsOf = (name: string) => units.get(name) ?? [];
  const all = watched.units.map((unit): Hint => ({ kind: 'unit', unit }));
  for (const directory of [UNIT_DIRECTORY, ...linkDirectories]) system.every(directory, hintsOf, all);
  return new Map([...system.places(), ...watched.homes.map(placeOfHome)]);
}

/** Hints by the name of a unit's own file, and of its template's. */
function unitsByName(units: readonly string[]): Map<string, Hint[]> {
  const hints = new Map<string, Hint[]>();
  for (const unit of units) {
    for (const name of new Set([unit, unit.replace(/@[^.]*(?=\.[^.]*$)/, '@')])) {
      hints.set(name, [...(hints.get(name) ?? []), { kind: 'unit', unit }]);
    }
  }
  return hints;
}

function placeOfHome({ osUser, home, names }: Watched['homes'][number]): [string, Meaning] {
  const all = names.map((name): Hint => ({ kind: 'home', osUser, name }));
  const hints = new Map(names.map((name, index) => [name, all.slice(index, index + 1)]));
  return [home, { trust: 'home', hintsOf: (name) => hints.get(name) ?? [], all }];
}

/** One directory may tell of several things. */
class Collected {
  readonly #names = new Map<string, Map<string, Hint[]>>();
  readonly #every = new Map<string, Pick<Meaning, 'hintsOf' | 'all'>[]>();

  name(directory: string, name: string, hint: Hint): void {
    const names = this.#names.get(directory) ?? new Map<string, Hint[]>();
    names.set(name, [...(names.get(name) ?? []), hint]);
    this.#names.set(directory, names);
  }

  every(directory: string, hintsOf: Meaning['hintsOf'], all: readonly Hint[]): void {
    this.#every.set(directory, [...(this.#every.get(directory) ?? []), { hintsOf, all }]);
  }

  places(): [string, Meaning][] {
    return [...new Set([...this.#names.keys(), ...this.#every.keys()])].map((directory) => {
      const names = this.#names.get(directory) ?? new Map<string, Hint[]>();
      const every = this.#every.get(directory) ?? [];
      const meaning: Meaning = {
        trust: 'system',
        hintsOf: (name) => [...(names.get(name) ?? []), ...every.flatMap(({ hintsOf }) => hintsOf(name))],
        all: [...[...names.values()].flat(), ...every.flatMap(({ all }) => all)],
      };
      return [directory, meaning];
    });
  }
}
