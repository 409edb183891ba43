/** What unit files and the links beside them say, found as systemctl would find it, without a process. */
import type { Entries, Entry, Probe, UnitFacts } from '../../sections/facts.ts';
import { companionsOf, linksOf, parseInstall, UnitName, type Install } from './install.ts';
import { systemdVersion } from './version.ts';

/** Where systemd finds unit files, first one first: systemd.unit(5), "System Unit Search Path". */
const SEARCH_PATH = [
  '/etc/systemd/system.control',
  '/run/systemd/system.control',
  '/run/systemd/transient',
  '/run/systemd/generator.early',
  '/etc/systemd/system',
  '/run/systemd/system',
  '/run/systemd/generator',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
  '/run/systemd/generator.late',
];

/** Where enabling makes links and disabling removes them: systemctl(1). */
const CHANGEABLE = ['/etc/systemd/system', '/run/systemd/system'];

/** The systemd that first reads UpheldBy= in [Install]. */
const UPHELD_SINCE = 254;

/** Reads paths of the machine; links are followed for content, within the machine. */
export type Look = (probes: readonly Probe[]) => Entries;

type UnitFile =
  | { readonly kind: 'absent' }
  | { readonly kind: 'masked' }
  | { readonly kind: 'file'; readonly path: string; readonly install: Install };

/** A unit that has a file: its own, or its template's. */
export interface FoundUnit {
  readonly unit: string;
  readonly path: string;
  readonly install: Install;
}

const NOTHING: readonly string[] = [];

/** One look: every directory and every file is read once at most, and what follows from them is worked out once. */
export class UnitFiles {
  readonly #look: Look;
  /** By directory. */
  readonly #names = new Map<string, Names>();
  /** Text by path; `masked` and `absent` in place of one. */
  readonly #texts = new Map<string, Text>();
  readonly #files = new Map<string, UnitFile>();
  readonly #facts = new Map<string, UnitFileFacts>();
  /** By what they were read from. */
  readonly #installs = new Map<string, Install>();

  constructor(look: Look) {
    this.#look = look;
  }

  /** Whether another look would find the same. */
  isStill(): boolean {
    const lists = this.#lookAt(this.#names.keys(), 'list');
    const statuses = this.#lookAt(this.#texts.keys(), 'stat');
    const texts = this.#lookAt(this.#texts.keys(), 'text');
    return (
      [...this.#names].every(([path, { inOrder }]) => namesOf(lists.get(path)) === inOrder) &&
      [...this.#texts].every(([path, text]) => isSame(textOf(statuses.get(path), texts.get(path)), text))
    );
  }

  #lookAt(paths: Iterable<string>, read: Probe['read']): Entries {
    return this.#look([...paths].map((path) => ({ path, read })));
  }

  facts(unit: string): UnitFileFacts {
    const facts = this.#facts.get(unit) ?? this.#workOut(unit);
    this.#facts.set(unit, facts);
    return facts;
  }

  #workOut(unit: string): UnitFileFacts {
    const file = this.#file(unit);
    return {
      exists: file.kind !== 'absent',
      masked: file.kind === 'masked',
      enabled: file.kind === 'file' && this.#isEnabled(unit),
      ...(file.kind === 'file' && linksOf(unit, file.install).length === 0 ? { isStatic: true } : {}),
    };
  }

  /** The links by which it starts at boot and that disabling removes, whether its file is there or not. */
  linksTo(unit: string): string[] {
    return CHANGEABLE.flatMap((path) => [...this.#namesIn(path)].map((name) => `${path}/${name}`))
      .filter((path) => /\.(wants|requires|upholds)$/.test(path) && this.#namesIn(path).has(unit))
      .map((path) => `${path}/${unit}`);
  }

  /**
   * The unit, if it has a file, and those that are enabled and disabled with it. A companion that is masked or missing
   * has nothing to enable; units may name each other as companions.
   */
  withCompanions(unit: string): FoundUnit[] {
    const found = new Map<string, FoundUnit>();
    const add = (name: string) => {
      const file = this.#file(name);
      if (file.kind !== 'file' || found.has(name)) return;
      found.set(name, { unit: name, path: file.path, install: file.install });
      companionsOf(name, file.install).forEach(add);
    };
    add(unit);
    return [...found.values()];
  }

  #isEnabled(unit: string): boolean {
    return this.withCompanions(unit).every(({ unit: name, install }) =>
      linksOf(name, install).every((link) => this.#hasLink(link)),
    );
  }

  #hasLink(link: string): boolean {
    const [name = '', directory] = link.split('/').toReversed();
    return SEARCH_PATH.some((path) => this.#namesIn(directory ? `${path}/${directory}` : path).has(name));
  }

  #file(unit: string): UnitFile {
    const file = this.#files.get(unit) ?? this.#find(unit);
    this.#files.set(unit, file);
    return file;
  }

  /** A template stands in for its instances, with the drop-ins of both. */
  #find(unit: string): UnitFile {
    const { template } = UnitName.parse(unit);
    const names = template === undefined ? [unit] : [unit, template];
    for (const path of names.flatMap((name) => this.#pathsOf(name))) {
      const text = this.#text(path);
      if (text.kind === 'masked') return text;
      if (text.kind === 'text')
        return {
          kind: 'file',
          path,
          install: this.#installOf([text.text, ...this.#dropIns(names)]),
        };
    }
    return { kind: 'absent' };
  }

  /** Every instance of a template has the same. */
  #installOf(texts: readonly string[]): Install {
    const key = texts.join('\0');
    const install = this.#installs.get(key) ?? this.#understood(parseInstall(texts));
    this.#installs.set(key, install);
    return install;
  }

  /** What systemd does not know of it leaves out, and makes no links for. */
  #understood(install: Install): Install {
    if (!install.has('UpheldBy')) return install;
    const version = systemdVersion((directory) => this.#namesIn(directory));
    if (version === undefined || version >= UPHELD_SINCE) return install;
    return new Map([...install].filter(([key]) => key !== 'UpheldBy'));
  }

  /** Of drop-ins with one name the first one found counts; they apply in the order of their names. */
  #dropIns(units: readonly string[]): string[] {
    const paths = new Map<string, string>();
    for (const directory of units.flatMap((unit) => this.#pathsOf(`${unit}.d`))) {
      for (const name of this.#namesIn(directory)) {
        if (name.endsWith('.conf') && !paths.has(name)) paths.set(name, `${directory}/${name}`);
      }
    }
    const inOrder = [...paths].sort(([one], [other]) => (one < other ? -1 : 1));
    return inOrder
      .map(([, path]) => this.#text(path))
      .flatMap((text) => (text.kind === 'text' ? text.text : []));
  }

  #pathsOf(name: string): string[] {
    return SEARCH_PATH.filter((path) => this.#namesIn(path).has(name)).map((path) => `${path}/${name}`);
  }

  #namesIn(directory: string): ReadonlySet<string> {
    const known = this.#names.get(directory);
    if (known !== undefined) return known.all;
    const inOrder = namesOf(this.#lookAt([directory], 'list').get(directory));
    const all = new Set(inOrder);
    this.#names.set(directory, { inOrder, all });
    return all;
  }

  #text(path: string): Text {
    const text = this.#texts.get(path) ?? this.#read(path);
    this.#texts.set(path, text);
    return text;
  }

  #read(path: string): Text {
    return textOf(this.#lookAt([path], 'stat').get(path), this.#lookAt([path], 'text').get(path));
  }
}

function namesOf(entry: Entry | undefined): readonly string[] {
  return (entry?.kind === 'directory' ? entry.names : undefined) ?? NOTHING;
}

/** An empty file masks as a link to /dev/null does, which an image need not have. */
function textOf(status: Entry | undefined, found: Entry | undefined): Text {
  if (status?.kind === 'symlink' && status.target === '/dev/null') return { kind: 'masked' };
  if (found?.kind !== 'file' || found.text === undefined) return { kind: 'absent' };
  return found.text === '' ? { kind: 'masked' } : { kind: 'text', text: found.text };
}

type UnitFileFacts = Omit<UnitFacts, 'active'>;

interface Names {
  /** The same list for as long as nothing in the directory has changed. */
  readonly inOrder: readonly string[];
  readonly all: ReadonlySet<string>;
}

type Text =
  | { readonly kind: 'absent' }
  | { readonly kind: 'masked' }
  | { readonly kind: 'text'; readonly text: string };

function isSame(a: Text, b: Text): boolean {
  return a.kind === 'text' && b.kind === 'text' ? a.text === b.text : a.kind === b.kind;
}
