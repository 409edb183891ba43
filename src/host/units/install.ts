/** What a unit file wants to be there when it is enabled: systemd.unit(5), "[Install] Section Options". Pure. */

/** The settings of [Install], by name. */
export type Install = ReadonlyMap<string, readonly string[]>;

/** Reads a unit file and its drop-ins, in the order in which they apply. An empty value drops those before it. */
export function parseInstall(texts: readonly string[]): Install {
  const install = new Map<string, string[]>();
  for (const text of texts) {
    let section = '';
    for (const line of settingLines(text)) {
      section = /^\[(.*)\]$/.exec(line)?.[1] ?? section;
      const [, key, value = ''] = /^([A-Za-z]+)[ \t]*=[ \t]*(.*)$/.exec(line) ?? [];
      if (section !== 'Install' || key === undefined) continue;
      const words = value.split(/[ \t]+/).filter(Boolean);
      install.set(key, words.length === 0 ? [] : [...(install.get(key) ?? []), ...words]);
    }
  }
  return install;
}

/** Lines as systemd.syntax(7) has them: a backslash continues one, comments in between drop out. */
function settingLines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .filter((line) => !/^[ \t]*[#;]/.test(line))
    .join('\n')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.trim());
}

/**
 * The links that enabling makes, below a directory of unit files, e.g. `multi-user.target.wants/tool@ada.service`.
 * None for a template without an instance. A name with a specifier that depends on the machine is left out: it cannot
 * be known without asking systemd.
 */
export function linksOf(unit: string, install: Install): string[] {
  const given = UnitName.parse(unit);
  const name = given.instantiated(install.get('DefaultInstance')?.at(-1));
  if (name.instance === '') return [];
  const of = (key: string) => (install.get(key) ?? []).flatMap((word) => name.expand(word) ?? []);
  return [
    ...of('WantedBy').map((target) => `${target}.wants/${name.full}`),
    ...of('RequiredBy').map((target) => `${target}.requires/${name.full}`),
    ...of('UpheldBy').map((target) => `${target}.upholds/${name.full}`),
    ...of('Alias').map((alias) => UnitName.parse(alias).instantiated(given.instance).full),
  ];
}

/** The units that are enabled together with this one. */
export function companionsOf(unit: string, install: Install): string[] {
  const name = UnitName.parse(unit);
  return (install.get('Also') ?? []).flatMap((word) => name.expand(word) ?? []);
}

/** PREFIX.TYPE, PREFIX@INSTANCE.TYPE, or the template PREFIX@.TYPE. */
export class UnitName {
  readonly prefix: string;
  /** Empty in a template, undefined in a unit that is none. */
  readonly instance: string | undefined;
  readonly type: string;

  constructor(prefix: string, instance: string | undefined, type: string) {
    this.prefix = prefix;
    this.instance = instance;
    this.type = type;
  }

  static parse(unit: string): UnitName {
    const [, prefix = unit, instance, type = ''] = /^([^@]*)(?:@(.*))?\.([a-z]+)$/s.exec(unit) ?? [];
    return new UnitName(prefix, instance, type);
  }

  get full(): string {
    return `${this.prefix}${this.instance === undefined ? '' : `@${this.instance}`}.${this.type}`;
  }

  /** The template that this is an instance of. */
  get template(): string | undefined {
    return this.instance ? new UnitName(this.prefix, '', this.type).full : undefined;
  }

  /** Fills a template in; anything else stays. */
  instantiated(instance = ''): UnitName {
    return this.instance === '' ? new UnitName(this.prefix, instance, this.type) : this;
  }

  /** Replaces the specifiers that depend on this name alone; undefined where there is another. */
  expand(word: string): string | undefined {
    const values: Readonly<Record<string, string>> = {
      '%': '%',
      i: this.instance ?? '',
      n: this.full,
      N: this.full.slice(0, -this.type.length - 1),
      p: this.prefix,
      j: this.prefix.slice(this.prefix.lastIndexOf('-') + 1),
    };
    const isKnown = [...word.matchAll(/%(.?)/g)].every(([, letter = '']) => letter in values);
    return isKnown ? word.replaceAll(/%(.)/g, (_, letter: string) => values[letter] ?? '') : undefined;
  }
}
