/**
 * Suites that need more than Node say so when they cannot run: skipped with the reason in their name at a desk, failed in
 * CI, where a skipped suite would read as a passed one.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { jest } from '@jest/globals';
import { isBuilt, SERVER_PROGRAMS } from './servers/build.ts';

/** Machines and servers take seconds to come up on a busy computer, not the five that jest allows by default. */
const TIMEOUT = 180_000;

/** `describe` for suites that make machines. */
export function describeMachine(name: string, suite: () => void): void {
  describeWhen(machineTrouble(), name, suite);
}

/** `describe` for suites that talk to real servers. */
export function describeServers(name: string, suite: () => void): void {
  const missing = SERVER_PROGRAMS.filter((program) => !isBuilt(program));
  describeWhen(missing.length > 0 ? `not built: ${missing.join(', ')}` : undefined, name, suite);
}

/** Why no machine can be made here, or undefined when it can. */
export function machineTrouble(): string | undefined {
  if (process.getuid?.() !== 0) return 'not root';
  const missing = MACHINE_PROGRAMS.filter((program) => !isProgram(program));
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  const { status, stderr } = spawnSync('unshare', ['--mount', 'sh', '-ec', TRY_OVERLAY], {
    encoding: 'utf8',
  });
  return status === 0 ? undefined : `no overlay of / can be mounted: ${stderr.trim()}`;
}

/** What the harness itself runs, on the outer machine. */
export const MACHINE_PROGRAMS = [
  'unshare',
  'nsenter',
  'setpriv',
  'systemd-nspawn',
  'git',
  'ip',
  'useradd',
] as const;

/** Parts of / on file systems of their own would be empty in the overlay. */
const TRY_OVERLAY = `
  mount -t tmpfs layers /mnt
  mkdir /mnt/upper /mnt/work /mnt/root
  mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work overlay /mnt/root
  test -x /mnt/root/usr/sbin/useradd && test -d /mnt/root/var/lib && test -f /mnt/root/etc/passwd
`;

export function isProgram(name: string): boolean {
  return ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'].some((directory) =>
    existsSync(`${directory}/${name}`),
  );
}

function describeWhen(trouble: string | undefined, name: string, suite: () => void): void {
  jest.setTimeout(TIMEOUT);
  if (trouble === undefined) {
    describe(name, suite);
  } else if (process.env['CI'] === undefined) {
    describe(name, () => it.skip(`cannot run here: ${trouble}`, () => undefined));
  } else {
    describe(name, () => {
      it('can run here', () => {
        throw new Error(`running the suite '${name}': ${trouble}; run test/prepare.ts as root`);
      });
    });
  }
}
