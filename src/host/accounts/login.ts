/**
 * Locks a person out, and lets them in again as before.
 *
 * The password is locked by usermod's `!`, and the account expires on the second day of 1970, which also ends what needs no
 * password: keys, cron and at ask PAM whether the account is valid. How the account was before is kept in the same line,
 * so that no crash can part the two: see lockmark.ts.
 */
import type { Accounts } from './database.ts';
import { markOf, readMark } from './lockmark.ts';
import type { ShadowEntry } from './parse.ts';
import { runTool } from './shadow-utils.ts';

const EXPIRED = 1;

export async function lockAccount(accounts: Accounts, name: string): Promise<void> {
  const attempt = `locking account ${name}`;
  const options = lockOptions(shadowOf(accounts, name, attempt));
  if (options.length > 0) await runTool(accounts.reach, 'usermod', [...options, '--', name], attempt);
}

export async function unlockAccount(accounts: Accounts, name: string): Promise<void> {
  const attempt = `unlocking account ${name}`;
  const options = unlockOptions(shadowOf(accounts, name, attempt));
  if (options.length > 0) await runTool(accounts.reach, 'usermod', [...options, '--', name], attempt);
}

export function lockOptions({ password, expires, inactive }: ShadowEntry): string[] {
  const isLocked = /^[!*]/.test(password);
  if (isLocked && expires === EXPIRED) return [];
  const known = readMark(inactive);
  const before = {
    wasLocked: known?.wasLocked ?? (isLocked && hasHash(password)),
    expires: expires === EXPIRED ? known?.expires : (expires ?? known?.expires),
    inactive: known === undefined ? inactive : known.inactive,
  };
  const isPlain = !before.wasLocked && before.expires === undefined;
  const mark = isPlain ? [] : [`--inactive=${markOf(before)}`];
  return [...(isLocked ? [] : ['--lock']), `--expiredate=${EXPIRED}`, ...mark];
}

export function unlockOptions({ password, expires, inactive }: ShadowEntry): string[] {
  if (expires !== EXPIRED) return [];
  const before = readMark(inactive);
  const opens = hasHash(password) && password.startsWith('!') && before?.wasLocked !== true;
  return [
    ...(opens ? ['--unlock'] : []),
    `--expiredate=${before?.expires ?? ''}`,
    ...(before === undefined ? [] : [`--inactive=${before.inactive ?? -1}`]),
  ];
}

/** Whether unlocking would make a password usable. */
function hasHash(password: string): boolean {
  return /[^!*]/.test(password);
}

function shadowOf(accounts: Accounts, name: string, attempt: string): ShadowEntry {
  if (accounts.isRemote(name))
    throw new Error(`${attempt}: a name service keeps it, lock or unlock it there`);
  const entry = accounts.shadow(name);
  if (entry === undefined) {
    throw new Error(
      `${attempt}: it has no line in /etc/shadow that can be read, run as root or add one with pwconv`,
    );
  }
  return entry;
}
