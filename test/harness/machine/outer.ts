import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Shells that completion scripts are tried in, each with the Debian package that brings it. */
const SHELLS: Readonly<Record<string, string>> = { fish: 'fish', zsh: 'zsh' };

/** The browser that pages are tried in. */
export const BROWSER = 'chromium';

/** A library that tells a program another time. */
export const FAKE_TIME = 'faketime/libfaketime.so.1';

/** The programs and libraries of the outer machine that test machines need. */
const OUTER_PROGRAMS: Readonly<Record<string, string>> = {
  [FAKE_TIME]: 'libfaketime',
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

/**
 * What nodes of a cluster and their images need. On a machine that runs systemd, installing containerd starts it; test
 * nodes start one of their own.
 */
const CLUSTER_PROGRAMS: Readonly<Record<string, string>> = {
  '/usr/lib/cni/bridge': 'containernetworking-plugins',
  buildah: 'buildah',
  catatonit: 'catatonit',
  containerd: 'containerd',
  runc: 'runc',
};

/** Of all programs and libraries that tests need, with their packages. */
export const PACKAGES: Readonly<Record<string, string>> = {
  ...OUTER_PROGRAMS,
  ...SHELLS,
  [BROWSER]: BROWSER,
  ...CLUSTER_PROGRAMS,
  [NAME_SERVICE]: 'libnss-extrausers',
};

/** Of programs and libraries, by name, or by path where that is in none of the usual places. */
export function missingOf(names: readonly string[]): string[] {
  const paths = (name: string) =>
    name.startsWith('/') ? [name] : PLACES.map((directory) => `${directory}/${name}`);
  return names.filter((name) => !paths(name).some(existsSync));
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

/** Why no machine can be a node of a cluster here, or undefined when it can. */
export function nodeTrouble(): string | undefined {
  const missing = missingOf(Object.keys(CLUSTER_PROGRAMS));
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  const legacy = readFileSync('/proc/self/cgroup', 'utf8');
  const without = ['cpu', 'memory', 'pids'].filter((name) => !new RegExp(`[:,]${name}[:,]`).test(legacy));
  return without.length > 0 ? `no cgroup v1 hierarchy of the kernel for ${without.join(', ')}` : undefined;
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
