/**
 * Locks a person out, and lets them in again as before.
 *
 * The password is locked by usermod's `!`, and the account expires on the second day of 1970, which also ends what needs no
 * password: keys, cron and at ask PAM whether the account is valid. What was locked before us must stay locked after us:
 * then an inactivity period of 0 days marks it, which means nothing for an expired account.
 */
import type { Accounts } from './database.ts';
import type { ShadowEntry } from './parse.ts';
import { runTool } from './shadow-utils.ts';

const EXPIRED = 1;
const LOCKED_BEFORE = 0;

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

export function lockOptions({ password, expires }: ShadowEntry): string[] {
  const isLocked = /^[!*]/.test(password);
  if (isLocked && expires === EXPIRED) return [];
  const expire = `--expiredate=${EXPIRED}`;
  if (!isLocked) return ['--lock', expire];
  return hasHash(password) ? [expire, `--inactive=${LOCKED_BEFORE}`] : [expire];
}

export function unlockOptions({ password, expires, inactive }: ShadowEntry): string[] {
  if (expires !== EXPIRED) return [];
  if (inactive === LOCKED_BEFORE) return ['--expiredate=', '--inactive=-1'];
  return hasHash(password) && password.startsWith('!') ? ['--unlock', '--expiredate='] : ['--expiredate='];
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
