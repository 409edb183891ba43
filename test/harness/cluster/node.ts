/** A real node: kubelet, containerd and runc of their own in a booted machine. */
import { buildBase, createMachine } from '../machine/machine.ts';
import type { Base, Machine } from '../machine/machine.ts';
import { hierarchies, makeCgroups } from '../machine/cgroup.ts';
import type { Cgroups } from '../machine/cgroup.ts';
import { runProcess } from '../machine/process.ts';
import { readFile } from 'node:fs/promises';
import { serverProgram } from '../servers/build.ts';
import { CONTAINERD_CONFIG, KUBELET_CONFIG, networkConfig, PAUSE_IMAGE } from './nodeconfig.ts';
import type { NodeNetwork } from './network.ts';

export interface Node {
  readonly name: string;
  readonly machine: Machine;
  /** Loads an image, an archive as `buildah push docker-archive:` writes it. */
  importImage(archive: string): Promise<void>;
  /** Ends when the kubelet runs again, which is before the node is Ready. */
  reboot(): Promise<void>;
  stop(): Promise<void>;
}

/** What all nodes stand on. `pause` is the archive of PAUSE_IMAGE. */
export function nodeBase(pause: string, on?: Base): Promise<Base> {
  return buildBase(async (machine) => {
    await machine.write('/usr/local/bin/kubelet', await readFile(serverProgram('kubelet')), 0o755);
    await machine.write('/etc/node/kubelet.json', JSON.stringify(KUBELET_CONFIG));
    await machine.write('/etc/node/containerd.toml', CONTAINERD_CONFIG);
    await machine.write('/etc/node/pause.tar', await readFile(pause));
  }, on);
}

export interface NodeOptions {
  readonly name: string;
  readonly base: Base;
  readonly network: NodeNetwork;
  /** Content of a kubeconfig. */
  readonly kubeconfig: string;
}

export async function startNode({ name, base, network, kubeconfig }: NodeOptions): Promise<Node> {
  // An overlay, which containerd makes for each container, cannot stand on another one.
  const volumes = ['/var/lib/containerd', '/var/lib/kubelet'];
  const machine = await createMachine({ kind: 'booted', base, network: network.network, volumes });
  const cgroups = await makeCgroups(`${machine.name}-node`, 'all');
  await machine.write('/etc/node/kubeconfig', kubeconfig, 0o600);
  await machine.write('/etc/cni/net.d/10-node.conflist', JSON.stringify(networkConfig(network.pods)));
  const start = () =>
    startDaemons(machine, cgroups, [`--hostname-override=${name}`, `--node-ip=${network.address}`]);
  await start();
  return {
    name,
    machine,
    importImage: (archive) => importImage(machine, archive),
    reboot: async () => {
      await machine.reboot();
      await cgroups.empty();
      await start();
    },
    stop: async () => {
      await machine.destroy();
      await cgroups.remove();
    },
  };
}

async function importImage(machine: Machine, archive: string): Promise<void> {
  const input = await readFile(archive);
  await machine.output([...CTR, 'images', 'import', '-'], { input });
}

const CTR = ['ctr', '--namespace', 'k8s.io'];

/**
 * kubelet and runc need the controllers of cgroup v1 where the outer machine has those, while the machine's systemd runs
 * on cgroup v2: so they get their own view of /sys/fs/cgroup. Started from outside they are not held by what nspawn
 * forbids the machine. Nobody outside waits for them: a waiting parent would be stopped by the systemd that shuts down.
 */
const ENTER = `
  leader=$1 count=$2
  shift 2
  while [ "$count" -gt 0 ]; do
    echo $$ >"$1/cgroup.procs"
    count=$((count - 1))
    shift
  done
  exec unshare --cgroup nsenter --target "$leader" --mount --uts --ipc --net --pid -- unshare --mount --propagation slave "$@"
`;

/**
 * The settings that the kubelet insists on are the whole kernel's: it writes them to files that are laid over the real
 * ones.
 */
const START = `
  hierarchies=$1
  shift
  mount --make-rshared /
  mount -t proc proc /proc
  for setting in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 \\
      kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000; do
    file=/run/settings/\${setting%=*}
    mkdir -p "\${file%/*}"
    echo "\${setting#*=}" >"$file"
    mount --bind "$file" "/proc/sys/\${setting%=*}"
  done
  mount -t sysfs sysfs /sys
  mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
  for hierarchy in $hierarchies; do
    mkdir "/sys/fs/cgroup/\${hierarchy%%:*}"
    mount -t cgroup -o "\${hierarchy#*:}" cgroup "/sys/fs/cgroup/\${hierarchy%%:*}"
  done
  [ -c /dev/kmsg ] || { rm -f /dev/kmsg; mknod /dev/kmsg c 1 11; }
  setsid containerd --config /etc/node/containerd.toml >/var/log/containerd.log 2>&1 </dev/null &
  attempts=100
  until ${CTR.join(' ')} version >/dev/null 2>&1; do
    attempts=$((attempts - 1))
    [ "$attempts" -gt 0 ] || { tail /var/log/containerd.log >&2; exit 1; }
    sleep 0.1
  done
  ${CTR.join(' ')} images import /etc/node/pause.tar
  setsid kubelet --config=/etc/node/kubelet.json --kubeconfig=/etc/node/kubeconfig "$@" >/var/log/kubelet.log 2>&1 </dev/null &
`;

async function startDaemons(machine: Machine, cgroups: Cgroups, kubelet: readonly string[]): Promise<void> {
  const legacy = (await hierarchies())
    .filter(({ options }) => options !== undefined)
    .map(({ name, options }) => `${name}:${options}`);
  const { directories } = cgroups;
  const enter = ['sh', '-ec', ENTER, 'sh', `${machine.leader}`, `${directories.length}`, ...directories];
  const start = ['sh', '-ec', START, 'sh', legacy.join(' '), ...kubelet];
  const { code, stderr } = await runProcess([...enter, ...start]);
  if (code !== 0) throw new Error(`starting containerd and kubelet on ${machine.name}: ${stderr.trim()}`);
}

export { PAUSE_IMAGE };
