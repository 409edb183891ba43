/**
 * The accounts of a machine.
 *
 * - Read from the databases below the machine's root without starting a process, and again only when they changed.
 * - A database that cannot be read is an error, never an empty one.
 * - Accounts that only a name service (LDAP, sssd) knows count once `lookUp` has asked for them.
 */
import { join } from 'node:path';
import type { AccountFacts } from '../../sections/facts.ts';
import type { Credentials } from '../programs/person.ts';
import { rootOf } from '../programs/reach.ts';
import type { Reach } from '../programs/reach.ts';
import { WatchedFile } from './file.ts';
import { parseGroup, parsePasswd, parseShadow } from './parse.ts';
import type { GroupEntry, PasswdEntry, ShadowEntry, Table } from './parse.ts';
import { askNameService, usesNameService } from './service.ts';

export class Accounts {
  readonly reach: Reach;
  readonly #passwd: WatchedFile<Index<PasswdEntry>>;
  readonly #group: WatchedFile<Groups>;
  readonly #shadow: WatchedFile<Index<ShadowEntry>>;
  readonly #services: WatchedFile<boolean>;
  readonly #remote = new Map<string, PasswdEntry>();
  #all: { readonly local: readonly PasswdEntry[]; readonly all: readonly PasswdEntry[] } | undefined;

  constructor(reach: Reach) {
    this.reach = reach;
    const at = (file: string) => join(`${rootOf(reach)}/`, 'etc', file);
    this.#passwd = new WatchedFile(at('passwd'), (text) =>
      indexOf(parsePasswd(text), 'account', at('passwd')),
    );
    this.#group = new WatchedFile(at('group'), (text) =>
      groupsOf(indexOf(parseGroup(text), 'group', at('group'))),
    );
    this.#shadow = new WatchedFile(at('shadow'), (text) =>
      indexOf(parseShadow(text), 'account', at('shadow')),
    );
    this.#services = new WatchedFile(at('nsswitch.conf'), usesNameService);
  }

  get(name: string): AccountFacts | undefined {
    const entry = this.passwd(name);
    if (entry === undefined) return undefined;
    const { uid, gid, home, shell } = entry;
    const expires = this.shadow(name)?.expires;
    const facts = {
      name,
      uid,
      gid,
      home,
      shell,
      groups: this.#groupNames(entry),
      password: this.#password(name),
    };
    return expires === undefined ? facts : { ...facts, expires };
  }

  /** The names of all local groups. */
  groups(): ReadonlySet<string> {
    return this.#group.read().names;
  }

  /** What a program needs to run as this person. Throws when there is no such account. */
  credentials(name: string): Credentials {
    const entry = this.passwd(name);
    if (entry === undefined) throw new Error(`running as ${name}: there is no such account, create it first`);
    const { uid, gid, home, shell } = entry;
    const groups = this.isRemote(name) ? 'init' : this.#supplementary(name).map((group) => group.gid);
    return { name, uid, gid, groups, home, shell };
  }

  /** Asks the name services, in one go, for those of these accounts that no local database has. */
  async lookUp(names: readonly string[]): Promise<void> {
    if (!this.hasNameService) return;
    const local = this.#passwd.read().byName;
    const wanted = names.filter((name) => !local.has(name));
    const found = await askNameService(this.reach, wanted);
    this.#all = undefined;
    for (const name of wanted) this.#remote.delete(name);
    for (const entry of found) if (wanted.includes(entry.name)) this.#remote.set(entry.name, entry);
  }

  get hasNameService(): boolean {
    return this.reach.kind !== 'image' && this.#services.readIfAllowed() === true;
  }

  /** Whether no local database has it, so that only its name service can change it. */
  isRemote(name: string): boolean {
    return !this.#passwd.read().byName.has(name);
  }

  passwd(name: string): PasswdEntry | undefined {
    return this.#passwd.read().byName.get(name) ?? this.#remote.get(name);
  }

  shadow(name: string): ShadowEntry | undefined {
    return this.#shadow.readIfAllowed()?.byName.get(name);
  }

  group(name: string): GroupEntry | undefined {
    return this.#group.read().byName.get(name);
  }

  groupOfId(gid: number): GroupEntry | undefined {
    return this.#group.read().byId.get(gid);
  }

  /** All accounts that are known, in the order of the database; the same list while nothing changed. */
  all(): readonly PasswdEntry[] {
    const { entries } = this.#passwd.read();
    if (this.#remote.size === 0) return entries;
    if (this.#all?.local !== entries)
      this.#all = { local: entries, all: [...entries, ...this.#remote.values()] };
    return this.#all.all;
  }

  allGroups(): readonly GroupEntry[] {
    return this.#group.read().entries;
  }

  /** One sentence for each database that has lines nobody can read. */
  complaints(): string[] {
    const tables = [this.#passwd.read(), this.#group.read(), this.#shadow.readIfAllowed()];
    return tables.flatMap((table) => table?.complaint ?? []);
  }

  /** An account of a name service has its password there. */
  #password(name: string): AccountFacts['password'] {
    const shadow = this.#shadow.readIfAllowed();
    if (shadow === undefined || this.isRemote(name)) return 'unknown';
    const entry = shadow.byName.get(name);
    if (entry === undefined) return 'missing';
    return /^[!*]/.test(entry.password) ? 'locked' : 'set';
  }

  #groupNames({ name, gid }: PasswdEntry): string[] {
    const primary = this.groupOfId(gid)?.name;
    return [
      ...new Set([
        ...(primary === undefined ? [] : [primary]),
        ...this.#supplementary(name).map((each) => each.name),
      ]),
    ];
  }

  #supplementary(name: string): readonly GroupEntry[] {
    return this.#group.read().byMember.get(name) ?? [];
  }
}

interface Index<Entry> {
  readonly entries: readonly Entry[];
  readonly byName: ReadonlyMap<string, Entry>;
  readonly complaint: string | undefined;
}

interface Groups extends Index<GroupEntry> {
  readonly names: ReadonlySet<string>;
  readonly byId: ReadonlyMap<number, GroupEntry>;
  readonly byMember: ReadonlyMap<string, readonly GroupEntry[]>;
}

/** Every machine has root in each of them: none at all means that the file was lost, not that everybody left. */
function indexOf<Entry extends { name: string }>(
  table: Table<Entry>,
  what: string,
  path: string,
): Index<Entry> {
  const { entries, broken } = table;
  if (entries.length === 0) throw new Error(`reading ${path}: it holds no ${what}, restore it from ${path}-`);
  const complaint =
    broken.length === 0
      ? undefined
      : `reading ${path}: line ${broken.join(', ')} is not readable, correct it with vipw`;
  return { entries, byName: firstOf(entries, ({ name }) => name), complaint };
}

function groupsOf(index: Index<GroupEntry>): Groups {
  const byMember = Map.groupBy(
    index.entries.flatMap((group) => group.members.map((member) => ({ member, group }))),
    ({ member }) => member,
  );
  return {
    ...index,
    names: new Set(index.byName.keys()),
    byId: firstOf(index.entries, ({ gid }) => gid),
    byMember: new Map([...byMember].map(([member, found]) => [member, found.map(({ group }) => group)])),
  };
}

/** Of several lines with one key the C library uses the first. */
function firstOf<Key, Entry>(entries: readonly Entry[], keyOf: (entry: Entry) => Key): Map<Key, Entry> {
  return new Map(entries.toReversed().map((entry) => [keyOf(entry), entry]));
}
