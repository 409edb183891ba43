/**
 * What stands before a program that runs as a person: the argv that turns root's child into theirs.
 *
 * - It dies with the agent (parent-death signal), and its end takes along whatever it started, `setsid` or not: all of
 *   it lives in a PID namespace whose first process is root's, which the person can neither stop nor outlive.
 * - Its limits are those of a login, or lower.
 * - Set-id programs work, as in the person's own login. Forbidding new privileges would break `sudo` in an install
 *   script and protect nothing, since the person may run any of them at any time.
 */
import { readFileSync } from 'node:fs';
import { WRAPPERS } from './names.ts';

export interface Credentials {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Supplementary group ids, or `init` for those that the machine's databases know. */
  readonly groups: readonly number[] | 'init';
  readonly home: string;
  /** Default: /bin/sh. */
  readonly shell?: string;
}

/** A mount namespace is needed for a /proc that numbers processes as they see themselves; mounts made outside still arrive. */
const UNSHARE_OPTIONS = ['--pid', '--fork', '--kill-child', '--mount-proc', '--propagation', 'slave'];
export const NAMESPACE = [WRAPPERS.unshare, ...UNSHARE_OPTIONS, '--'];
/** `timeout 0` ends nothing: as the first process it waits for its one child and passes on how that ended. */
const FIRST_PROCESS = [WRAPPERS.timeout, '--foreground', '0'];
export const DIE_WITH_PARENT = [WRAPPERS.setpriv, '--pdeathsig', 'KILL', '--'];

export type Environment = Readonly<Record<string, string>>;

/**
 * `cwd` is entered with the person's rights: root would follow their links to where they may not go. With them are set
 * those variables that would have whatever stands before load files as root.
 */
export function becoming(
  person: Credentials,
  { cwd, env = {} }: { readonly cwd?: string | undefined; readonly env?: Environment | undefined },
  namespace: boolean,
): string[] {
  const tree = namespace ? [...DIE_WITH_PARENT, ...NAMESPACE, ...FIRST_PROCESS] : [];
  const enter = [
    ...(cwd === undefined ? [] : [`--chdir=${cwd}`]),
    '--',
    ...Object.entries(env).flatMap(([name, value]) => (LOADING.test(name) ? [`${name}=${value}`] : [])),
  ];
  return [...tree, ...limits(), ...identity(person), ...(enter.length === 1 ? [] : [WRAPPERS.env, ...enter])];
}

/** What the dynamic linker (ld.so(8)) and the C library take names of files from, and of what to do. */
const LOADING = /^(?:LD_|GLIBC_|MALLOC_|(?:GCONV_PATH|LOCPATH|NLSPATH)$)/;

/** What may be set for whatever stands before the program, too. */
export function harmless(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !LOADING.test(name)));
}

export function environmentOf({ name, home, shell = '/bin/sh' }: Credentials): Record<string, string> {
  return { HOME: home, USER: name, LOGNAME: name, SHELL: shell };
}

/** The parent-death signal is asked for again: the kernel forgets it when the uid changes. */
function identity({ uid, gid, groups }: Credentials): string[] {
  const dieWithParent = DIE_WITH_PARENT.slice(1);
  // Only root can take on an identity; anybody can run a program as themselves.
  if (process.getuid?.() === uid) return [WRAPPERS.setpriv, ...dieWithParent];
  const supplementary =
    groups === 'init'
      ? '--init-groups'
      : groups.length === 0
        ? '--clear-groups'
        : `--groups=${groups.join(',')}`;
  return [WRAPPERS.setpriv, `--reuid=${uid}`, `--regid=${gid}`, supplementary, ...dieWithParent];
}

/**
 * The kernel counts processes per uid, so the person's own services count too: the figure stops a fork bomb, and stays
 * far above what a busy login needs. 1024 files is what systemd gives; Node raises its own limit, which a child inherits.
 * Neither CPU time nor file size is limited: the deadline bounds the one, quotas the other.
 */
const PROCESSES = 4096;
const FILES = 1024;

let limitArguments: readonly string[] | undefined;

function limits(): readonly string[] {
  limitArguments ??= [
    WRAPPERS.prlimit,
    '--core=0',
    `--nofile=${Math.min(FILES, ownHardLimit('Max open files'))}:`,
    `--nproc=${Math.min(PROCESSES, ownHardLimit('Max processes'))}`,
    '--',
  ];
  return limitArguments;
}

/** Only CAP_SYS_RESOURCE may raise a hard limit, and a container may lack it. */
function ownHardLimit(name: string): number {
  const lines = readFileSync('/proc/self/limits', 'utf8').split('\n');
  const line = lines.find((each) => each.startsWith(name)) ?? '';
  const [, hard] = line.slice(name.length).trim().split(/\s+/);
  return hard === undefined || hard === 'unlimited' ? Infinity : Number(hard);
}
