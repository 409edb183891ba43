import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Shells that completion scripts are tried in, each with the Debian package that brings it. */
const SHELLS: Readonly<Record<string, string>> = { fish: 'fish', zsh: 'zsh' };

/** The programs of the outer machine that test machines need. */
const OUTER_PROGRAMS: Readonly<Record<string, string>> = {
  git: 'git',
  hostname: 'hostname',
  ip: 'iproute2',
  nsenter: 'util-linux',
  pgrep: 'procps',
  setpriv: 'util-linux',
  systemctl: 'systemd',
  'systemd-nspawn': 'systemd-container',
  unshare: 'util-linux',
  useradd: 'passwd',
};

/** A name service whose accounts are in no local database: those of /var/lib/extrausers. */
export const NAME_SERVICE = 'libnss_extrausers.so.2';

/** Of all programs and libraries that tests need, with their packages. */
export const PACKAGES: Readonly<Record<string, string>> = {
  ...OUTER_PROGRAMS,
  ...SHELLS,
  [NAME_SERVICE]: 'libnss-extrausers',
};

export function missingOf(names: readonly string[]): string[] {
  return names.filter((name) => !PLACES.some((directory) => existsSync(`${directory}/${name}`)));
}

const PLACES = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
  '/usr/lib',
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
];

/** Why no machine can be made here, or undefined when it can. */
export function machineTrouble(): string | undefined {
  if (process.getuid?.() !== 0) return 'not root';
  const missing = missingOf(Object.keys(OUTER_PROGRAMS));
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  const { status, stderr } = spawnSync('unshare', ['--mount', 'sh', '-ec', TRY_OVERLAY], {
    encoding: 'utf8',
  });
  return status === 0 ? undefined : `no overlay of / can be mounted: ${stderr.trim()}`;
}

/** Parts of / on file systems of their own would be empty in the overlay. */
const TRY_OVERLAY = `
  mount -t tmpfs layers /mnt
  mkdir /mnt/upper /mnt/work /mnt/root
  mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work overlay /mnt/root
  for part in usr/sbin/useradd var/lib/dpkg etc/passwd; do
    test -e "/mnt/root/$part" || { echo "found /$part on a file system of its own" >&2; exit 1; }
  done
`;
