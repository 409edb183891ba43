/**
 * Every program this room runs, and the Debian package that brings it. A program is looked up in SAFE_PATH only,
 * whatever PATH the agent itself was started with.
 */

export const SAFE_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** What a person's own programs get: the administrator's directories are not theirs. */
export const PERSON_PATH = '/usr/local/bin:/usr/bin:/bin';

const PACKAGES: Readonly<Record<string, string>> = {
  env: 'coreutils',
  timeout: 'coreutils',
  getent: 'libc-bin',
  git: 'git',
  'git-crypt': 'git-crypt',
  flock: 'util-linux',
  nsenter: 'util-linux',
  prlimit: 'util-linux',
  setpriv: 'util-linux',
  unshare: 'util-linux',
  gpasswd: 'passwd',
  groupadd: 'passwd',
  useradd: 'passwd',
  usermod: 'passwd',
  journalctl: 'systemd',
  loginctl: 'systemd',
  systemctl: 'systemd',
  'systemd-notify': 'systemd',
};

/** Programs that prepare another one run as root, before the person's PATH counts: so by absolute path. */
export const WRAPPERS = {
  env: '/usr/bin/env',
  nsenter: '/usr/bin/nsenter',
  prlimit: '/usr/bin/prlimit',
  setpriv: '/usr/bin/setpriv',
  timeout: '/usr/bin/timeout',
  unshare: '/usr/bin/unshare',
} as const;

/** Run by telemetry, which imports nothing of this room, where systemd cannot be spoken to directly. */
export const SYSTEMD_NOTIFY = '/usr/bin/systemd-notify';

/** The terminal is handed over to it. */
export const JOURNALCTL = '/usr/bin/journalctl';

/** What to do about a missing program, as the end of a sentence. */
export function remedy(program: string): string {
  const name = program.slice(program.lastIndexOf('/') + 1);
  const known = Object.hasOwn(PACKAGES, name) ? PACKAGES[name] : undefined;
  return known === undefined ? 'install it or correct its name' : `install the Debian package ${known}`;
}
