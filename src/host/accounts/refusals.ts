/** Accounts that must not be touched, each with the reason. Pure. */
import type { PasswdEntry } from './parse.ts';

/** People's uids begin here: UID_MIN of login.defs(5) on Debian and most others. */
export const FIRST_PERSON = 1000;
/** nobody, and the uid that 16-bit calls take for "unchanged". */
const NOBODY: ReadonlySet<number> = new Set([65_534, 65_535]);

type Check = (entry: PasswdEntry, others: Others) => string | undefined;

const isSystemAccount: Check = ({ uid }) =>
  uid < FIRST_PERSON || NOBODY.has(uid)
    ? `it has uid ${uid}, a system account's, choose another osUser`
    : undefined;

const hasTwoNames: Check = (entry, { byUid }) => {
  const twin = otherOf(byUid.get(entry.uid), entry);
  return twin && `${twin.name} has the same uid ${entry.uid}, give one of them another`;
};

const hasImpossibleHome: Check = ({ home }) =>
  !home.startsWith('/') || ['/', '/root'].includes(normal(home)) || home.split('/').includes('..')
    ? `its home is ${home === '' ? 'not set' : home}, give it one of its own with usermod --home`
    : undefined;

/** Whoever owns a directory above a home can replace that home. */
const sharesHome: Check = (entry, { byHome }) => {
  const [own = '', ...parents] = upwards(normal(entry.home));
  const same = otherOf(byHome.get(own), entry);
  const above =
    same ?? otherOf(parents.flatMap((parent) => byHome.get(parent) ?? []).filter(isPersonal), entry);
  return (
    above && `its home ${entry.home} is ${same ? '' : 'in '}that of ${above.name}, give one of them another`
  );
};

const CHECKS = [isSystemAccount, hasTwoNames, hasImpossibleHome, sharesHome];

/** Why this account must be left alone, as the end of a sentence; undefined when it need not. */
export function refusal(entry: PasswdEntry, all: readonly PasswdEntry[]): string | undefined {
  const others = othersIn(all);
  const { refusals } = others;
  if (!refusals.has(entry)) refusals.set(entry, firstObjection(entry, others));
  return refusals.get(entry);
}

function firstObjection(entry: PasswdEntry, others: Others): string | undefined {
  for (const check of CHECKS) {
    const found = check(entry, others);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The accounts of a machine, by what no two may share. */
interface Others {
  readonly byUid: ReadonlyMap<number, readonly PasswdEntry[]>;
  readonly byHome: ReadonlyMap<string, readonly PasswdEntry[]>;
  /** Of those who were asked for. */
  readonly refusals: Map<PasswdEntry, string | undefined>;
}

const known = new WeakMap<readonly PasswdEntry[], Others>();

/** Everybody is held against the same list: it is sorted once, or each would cost as much as all. */
function othersIn(all: readonly PasswdEntry[]): Others {
  const others = known.get(all) ?? {
    byUid: Map.groupBy(all, ({ uid }) => uid),
    byHome: Map.groupBy(all, ({ home }) => normal(home)),
    refusals: new Map(),
  };
  known.set(all, others);
  return others;
}

function otherOf(found: readonly PasswdEntry[] = [], { name }: PasswdEntry): PasswdEntry | undefined {
  return found.find((other) => other.name !== name);
}

function isPersonal({ uid, home }: PasswdEntry): boolean {
  return uid >= FIRST_PERSON && !NOBODY.has(uid) && home.startsWith('/') && normal(home) !== '/';
}

/** A path and the directories above it. */
function upwards(path: string): string[] {
  const end = path.lastIndexOf('/');
  return end <= 0 ? [path] : [path, ...upwards(path.slice(0, end))];
}

function normal(path: string): string {
  return path.replaceAll(/\/+/g, '/').replace(/(?<=.)\/$/, '');
}
