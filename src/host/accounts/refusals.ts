/** Accounts that must not be touched, each with the reason. Pure. */
import type { PasswdEntry } from './parse.ts';

/** People's uids begin here: UID_MIN of login.defs(5) on Debian and most others. */
export const FIRST_PERSON = 1000;
/** nobody, and the uid that 16-bit calls take for "unchanged". */
const NOBODY: ReadonlySet<number> = new Set([65_534, 65_535]);

type Check = (entry: PasswdEntry, others: readonly PasswdEntry[]) => string | undefined;

const isSystemAccount: Check = ({ uid }) =>
  uid < FIRST_PERSON || NOBODY.has(uid)
    ? `it has uid ${uid}, a system account's, choose another osUser`
    : undefined;

const hasTwoNames: Check = ({ uid }, others) => {
  const twin = others.find((other) => other.uid === uid);
  return twin && `${twin.name} has the same uid ${uid}, give one of them another`;
};

const hasImpossibleHome: Check = ({ home }) =>
  !home.startsWith('/') || ['/', '/root'].includes(normal(home)) || home.split('/').includes('..')
    ? `its home is ${home === '' ? 'not set' : home}, give it one of its own with usermod --home`
    : undefined;

/** Whoever owns a directory above a home can replace that home. */
const sharesHome: Check = ({ home }, others) => {
  const same = others.find((other) => normal(other.home) === normal(home));
  const above =
    same ?? others.find((other) => isPersonal(other) && normal(home).startsWith(`${normal(other.home)}/`));
  return above && `its home ${home} is ${same ? '' : 'in '}that of ${above.name}, give one of them another`;
};

const CHECKS = [isSystemAccount, hasTwoNames, hasImpossibleHome, sharesHome];

/** Why this account must be left alone, as the end of a sentence; undefined when it need not. */
export function refusal(entry: PasswdEntry, all: readonly PasswdEntry[]): string | undefined {
  const others = all.filter((other) => other.name !== entry.name);
  for (const check of CHECKS) {
    const found = check(entry, others);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isPersonal({ uid, home }: PasswdEntry): boolean {
  return uid >= FIRST_PERSON && !NOBODY.has(uid) && home.startsWith('/') && normal(home) !== '/';
}

function normal(path: string): string {
  return path.replaceAll(/\/+/g, '/').replace(/(?<=.)\/$/, '');
}
