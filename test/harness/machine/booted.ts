import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { makeCgroups } from './cgroup.ts';
import { killTree, launch, release } from './launch.ts';
import { CHECKOUT, MOUNT_LAYERS, REPOSITORY } from './overlay.ts';
import type { Started, StartOptions } from './overlay.ts';
import { runProcess } from './process.ts';

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
