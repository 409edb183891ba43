/**
 * A real cluster on one machine: a control plane, and nodes where kubelet, containerd and runc run pods.
 *
 * - Each node is a booted machine with files, processes, network and systemd of its own, and can be rebooted.
 * - What is not there: kube-proxy and DNS (of the services only `kubernetes` answers), and a registry: images are
 *   imported.
 * - It ends with `stop`, at the end of the test file, or with the test process, whichever comes first.
 */
import { setTimeout } from 'node:timers/promises';
import type { Base } from '../machine/machine.ts';
import { startControllers } from '../servers/controllers.ts';
import { kubectlOutput } from '../servers/kubectl.ts';
import { startApiserver } from '../servers/kubernetes.ts';
import type { Apiserver } from '../servers/kubernetes.ts';
import { API_SERVER, createClusterNetwork } from './network.ts';
import { nodeBase, startNode } from './node.ts';
import type { Node } from './node.ts';

export interface Cluster {
  readonly server: Apiserver;
  readonly nodes: readonly Node[];
  /** Runs kubectl as the administrator. Returns stdout; throws when the exit code is not 0. */
  readonly kubectl: (args: readonly string[], input?: string) => string;
  /** Loads an image into every node. */
  importImage(archive: string): Promise<void>;
  /** Reboots a node, and ends when it is Ready again. */
  reboot(node: Node): Promise<void>;
  stop(): Promise<void>;
}

export interface ClusterOptions {
  /** Default: 2. */
  readonly nodes?: number;
  /** The archive of the image that each pod's first process is from. */
  readonly pause: string;
  /** What the nodes are before they are nodes. Default: fresh machines. */
  readonly base?: Base;
}

export async function startCluster({ nodes: count = 2, pause, base: on }: ClusterOptions): Promise<Cluster> {
  const names = Array.from({ length: count }, (_, index) => `node-${index + 1}`);
  const [network, base] = await Promise.all([createClusterNetwork(count), nodeBase(pause, on)]);
  const server = await startApiserver({ place: network.controlPlane, nodes: names });
  const begin = new Date();
  const [controllers, ...nodes] = await Promise.all([
    startControllers(server),
    ...network.nodes.map((network, index) => {
      const name = names[index] ?? '';
      return startNode({ name, base, network, kubeconfig: server.nodeKubeconfig(name, API_SERVER) });
    }),
  ]);
  await Promise.all(nodes.map((node) => ready(server, node, begin)));
  return {
    server,
    nodes,
    kubectl: (args, input) => kubectlOutput(server.kubeconfig, args, input),
    importImage: async (archive) => void (await Promise.all(nodes.map((node) => node.importImage(archive)))),
    reboot: async (node) => {
      await node.reboot();
      await ready(server, node, new Date());
    },
    stop: async () => {
      await controllers.stop();
      await Promise.all(nodes.map((node) => node.stop()));
      await server.stop();
    },
  };
}

/** Waits until the node has said since `begin` that it is Ready. Its kubelet tells whole seconds. */
async function ready(server: Apiserver, { name, machine }: Node, begin: Date): Promise<void> {
  const deadline = Date.now() + 90_000;
  while (Date.now() < deadline) {
    const { body } = await server.request('GET', `/api/v1/nodes/${name}`);
    if (saidReady(body as NodeBody) > begin.getTime() - 1000) return;
    await setTimeout(100);
  }
  const { stdout } = await machine.run(['tail', '-n', '30', '/var/log/kubelet.log']);
  throw new Error(`waiting for ${name}: not Ready in time; the end of its kubelet's log:\n${stdout}`);
}

interface NodeBody {
  readonly status?: { readonly conditions?: readonly NodeCondition[] };
}

interface NodeCondition {
  readonly type: string;
  readonly status: string;
  readonly lastHeartbeatTime: string;
}

function saidReady({ status }: NodeBody): number {
  const ready = status?.conditions?.find(({ type, status }) => type === 'Ready' && status === 'True');
  return ready === undefined ? 0 : Date.parse(ready.lastHeartbeatTime);
}
