import { firstLine, killTree, launch, release } from './launch.ts';
import { CHECKOUT, MOUNT_LAYERS, REPOSITORY } from './overlay.ts';
import type { Started, StartOptions } from './overlay.ts';

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
  if (typeof network === 'object')
    throw new Error(`starting machine ${name}: a chroot joins no network, take a booted one`);
  const namespaces = ['--mount', '--pid', '--ipc', '--uts', ...(network === 'private' ? ['--net'] : [])];
  const unshare = ['unshare', ...namespaces, '--fork', '--kill-child'];
  const script = ['sh', '-ec', START_CHROOT, 'sh', store.inside(name), layers.join(':'), name, REPOSITORY];
  const child = launch([...store.enter, ...unshare, ...script]);
  const leader = Number(await firstLine(child, `starting machine ${name}`));
  release(child);
  return {
    leader,
    namespaces,
    reboot: () => Promise.reject(new Error(`rebooting machine ${name}: it is a chroot, which has no init`)),
    stop: () => killTree(child, leader),
  };
}
