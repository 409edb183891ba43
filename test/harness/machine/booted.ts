import type { ChildProcess } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { makeCgroups } from './cgroup.ts';
import { killTree, launch, release } from './launch.ts';
import { CHECKOUT, MOUNT_LAYERS, REPOSITORY } from './overlay.ts';
import type { Started, StartOptions } from './overlay.ts';
import { runProcess } from './process.ts';

/**
 * systemd-nspawn does not read its input, and killed it would leave the machine running. So it runs in a PID namespace
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
/** With --keep-unit it does not boot the machine again by itself, but ends with this status. */
const REBOOTED = 133;
const START_BOOTED = `${MOUNT_LAYERS}
  layers=$1 name=$3 repository=$4 network=$5 volumes=$6
  shift 6
  mount -t tmpfs tmpfs /run
  for cgroup; do echo $$ >"$cgroup/cgroup.procs"; done
  export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
  status=${REBOOTED}
  while [ "$status" -eq ${REBOOTED} ]; do
    status=0
    systemd-nspawn --quiet --directory="$layers/root" --boot --register=no --keep-unit \\
      --machine="$name" $network $volumes --bind-ro="$repository:${CHECKOUT}" </dev/null >"$layers/boot.log" 2>&1 ||
      status=$?
  done
  exit "$status"
`;

export async function startBooted({ store, name, layers, network, volumes }: StartOptions): Promise<Started> {
  const cgroups = await makeCgroups(name);
  const directories = volumes.map((path) => [`${store.inside(name)}/volumes${path}`, path] as const);
  await Promise.all(
    volumes.map((path) => mkdir(join(store.outside(name), 'volumes', path), { recursive: true })),
  );
  const script = [
    'sh',
    '-ec',
    START_BOOTED,
    'sh',
    store.inside(name),
    layers.join(':'),
    name,
    REPOSITORY,
    networkOption(network),
    directories.map(([from, to]) => `--bind=${from}:${to}`).join(' '),
  ];
  const child = launch([...store.enter, ...TIED, ...script, ...cgroups.directories]);
  const log = () => readFile(join(store.outside(name), 'boot.log'), 'utf8');
  let leader = await booted(child, log);
  release(child);
  return {
    get leader() {
      return leader;
    },
    namespaces: ['--all'],
    reboot: async () => {
      // Its answer may be lost with the machine that it came from.
      await runProcess(['nsenter', '--target', `${leader}`, '--all', '--', 'systemctl', 'reboot']);
      leader = await booted(child, log, leader);
    },
    stop: async () => {
      await killTree(child, leader);
      await cgroups.remove();
    },
  };
}

function networkOption(network: StartOptions['network']): string {
  if (typeof network === 'object') return `--network-namespace-path=${network.file}`;
  return network === 'private' ? '--private-network' : '';
}

/**
 * Polls: the bus of a booting systemd answers nothing, or refuses, until it is up. Returns the pid of systemd, which is
 * not `former`, that of the boot before.
 */
async function booted(outermost: ChildProcess, log: () => Promise<string>, former?: number): Promise<number> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline && outermost.exitCode === null) {
    const [shell] = await childrenOf(outermost.pid);
    const [nspawn] = await childrenOf(shell);
    const [leader] = await childrenOf(nspawn);
    if (leader !== undefined && leader !== former) {
      const question = ['nsenter', '--target', `${leader}`, '--all', '--', 'systemctl', 'is-system-running'];
      const { stdout } = await runProcess(question);
      if (/^(running|degraded)$/m.test(stdout)) return leader;
    }
    await setTimeout(50);
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
