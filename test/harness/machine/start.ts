/**
 * How a machine comes up: an overlay of its layers, seen only from namespaces of its own, and a first process in it.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { makeCgroups } from './cgroup.ts';
import { runProcess } from './process.ts';
import type { Store } from './store.ts';

export interface Started {
  /** PID of the machine's PID 1, as this process sees it. */
  readonly leader: number;
  /** The namespaces of the machine, as options of nsenter. */
  readonly namespaces: readonly string[];
  /** Kills every process of the machine; with the last one its mounts and its network go. */
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly store: Store;
  readonly name: string;
  /** Directories inside the store, top first, ending in `/`. */
  readonly layers: readonly string[];
  readonly network: 'private' | 'host';
}

/** The checkout that is tested, as every machine sees it. */
export const CHECKOUT = '/opt/workstation-under-test';
const REPOSITORY = join(import.meta.dirname, '../../..');

const MOUNT_LAYERS = `
  cd "$1"
  mkdir -p upper work root
  mount -t overlay -o "lowerdir=$2,upperdir=upper,workdir=work" overlay root
  mkdir -p root${CHECKOUT}
`;

/**
 * While /proc is still the outer one, /proc/self names this shell as the outer machine does; the pid survives `exec`.
 * `cat` as PID 1 ends, and with it all of the machine, when our end of its input is closed; with SIGCHLD ignored the
 * kernel reaps the orphans that it is given.
 */
const START_CHROOT = `${MOUNT_LAYERS}
  read -r leader rest </proc/self/stat
  hostname "$3"
  ip link set lo up
  cd root
  mount --bind "$4" .${CHECKOUT}
  mount -o remount,bind,ro .${CHECKOUT}
  mount -t proc proc proc
  mount -t tmpfs -o mode=1777 tmpfs tmp
  mount -t tmpfs -o mode=755 tmpfs run
  mkdir -m 1777 run/lock
  mount -t tmpfs -o mode=755 tmpfs dev
  mkdir dev/pts
  mkdir -m 1777 dev/shm
  mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
  ln -s pts/ptmx dev/ptmx
  ln -s /proc/self/fd dev/fd
  ln -s fd/0 dev/stdin
  ln -s fd/1 dev/stdout
  ln -s fd/2 dev/stderr
  for node in 'null 1 3' 'zero 1 5' 'full 1 7' 'random 1 8' 'urandom 1 9' 'tty 5 0'; do
    set -- $node
    mknod -m 666 dev/$1 c $2 $3
  done
  pivot_root . mnt
  umount --lazy /mnt
  trap '' CHLD
  echo "$leader"
  exec cat
`;

export async function startChroot({ store, name, layers, network }: StartOptions): Promise<Started> {
  const unshare = [
    'unshare',
    '--mount',
    '--pid',
    '--ipc',
    '--uts',
    ...(network === 'private' ? ['--net'] : []),
  ];
  const script = ['sh', '-ec', START_CHROOT, 'sh', store.inside(name), layers.join(':'), name, REPOSITORY];
  const child = launch([...store.enter, ...unshare, '--fork', '--kill-child', ...script]);
  const leader = Number(await firstLine(child, `starting machine ${name}`));
  release(child);
  const own = ['--mount', '--pid', '--ipc', '--uts', ...(network === 'private' ? ['--net'] : [])];
  return { leader, namespaces: own, stop: () => killTree(child, leader) };
}

/**
 * systemd-nspawn does not read its input, and killed it would leave the machine running. So it is PID 1 of a namespace
 * around the machine's own, tied by `setpriv` and `--kill-child` to the life of this process.
 * What it notes in /run nobody outside needs.
 */
const TIED = [
  'setpriv',
  '--pdeathsig',
  'KILL',
  'unshare',
  '--mount',
  '--pid',
  '--fork',
  '--kill-child',
  '--mount-proc',
];
const START_BOOTED = `${MOUNT_LAYERS}
  layers=$1 name=$3 repository=$4 network=$5
  shift 5
  mount -t tmpfs tmpfs /run
  for cgroup; do echo $$ >"$cgroup/cgroup.procs"; done
  export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
  exec systemd-nspawn --quiet --directory="$layers/root" --boot --register=no --keep-unit \\
    --machine="$name" $network --bind-ro="$repository:${CHECKOUT}" </dev/null >"$layers/boot.log" 2>&1
`;

export async function startBooted({ store, name, layers, network }: StartOptions): Promise<Started> {
  const cgroups = await makeCgroups(name);
  const networkOption = network === 'private' ? '--private-network' : '';
  const script = [
    'sh',
    '-ec',
    START_BOOTED,
    'sh',
    store.inside(name),
    layers.join(':'),
    name,
    REPOSITORY,
    networkOption,
  ];
  const child = launch([...store.enter, ...TIED, ...script, ...cgroups.directories]);
  const leader = await booted(child, () => readFile(join(store.outside(name), 'boot.log'), 'utf8'));
  release(child);
  return {
    leader,
    namespaces: ['--all'],
    stop: async () => {
      await killTree(child, leader);
      await cgroups.remove();
    },
  };
}

/** Polls: the bus of a booting systemd answers nothing, or refuses, until it is up. Returns the pid of systemd. */
async function booted(outermost: ChildProcess, log: () => Promise<string>): Promise<number> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline && outermost.exitCode === null) {
    const [nspawn] = await childrenOf(outermost.pid);
    const [leader] = await childrenOf(nspawn);
    if (leader !== undefined) {
      const question = ['nsenter', '--target', `${leader}`, '--all', '--', 'systemctl', 'is-system-running'];
      const { stdout } = await runProcess(question);
      if (/^(running|degraded)$/m.test(stdout)) return leader;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  outermost.kill('SIGKILL');
  throw new Error(
    `booting a machine with systemd-nspawn: not up after a minute, or ended; its console:\n${await log()}`,
  );
}

async function childrenOf(pid: number | undefined): Promise<number[]> {
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return list.split(' ').filter(Boolean).map(Number);
}

function launch(argv: readonly string[]): ChildProcess {
  const [program = '', ...args] = argv;
  return spawn(program, args, { detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
}

/** A machine that is up does not keep the test process from ending. */
function release(child: ChildProcess): void {
  child.unref();
  for (const pipe of child.stdio) (pipe as Socket).unref();
}

async function firstLine(child: ChildProcess, attempt: string): Promise<string> {
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const failed = once(child, 'close').then(() =>
    Promise.reject(new Error(`${attempt}: ${complaint.trim()}`)),
  );
  failed.catch(() => undefined);
  if (child.stdout === null) throw new Error(`${attempt}: found no output pipe`);
  const [line] = (await Promise.race([once(child.stdout, 'data'), failed])) as [Buffer];
  return line.toString().trim();
}

async function killTree(child: ChildProcess, leader: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const ended = once(child, 'exit');
  try {
    process.kill(leader, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
  await ended;
}
