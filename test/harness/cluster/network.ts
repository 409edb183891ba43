/**
 * The cables of a cluster: one network for the control plane, with a switch in it, and one for each node, plugged into
 * that switch. Nothing of it touches the network of the outer machine.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createNetwork } from '../machine/machine.ts';
import type { Network } from '../machine/machine.ts';
import { runProcess } from '../machine/process.ts';
import type { Door, Place } from '../servers/place.ts';

/** The first address of the services' range, so the service `kubernetes`; no kube-proxy is needed to reach it. */
const API = '10.0.0.1';
/** Where the API server is for whoever is in this cluster. */
export const API_SERVER = `https://${API}`;
const GATEWAY = '10.77.0.254';

export interface NodeNetwork {
  readonly network: Network;
  readonly address: string;
  /** The addresses of pods there. */
  readonly pods: string;
}

export interface ClusterNetwork {
  readonly controlPlane: Place;
  readonly nodes: readonly NodeNetwork[];
}

const CONTROL = `
  ip address add "$1/32" dev lo
  ip link add switch type bridge
  ip address add "$2/24" dev switch
  ip link set switch up
  echo 1 >/proc/sys/net/ipv4/ip_forward
`;
const PLUG = `
  ip link add "port$1" type veth peer name eth0 netns "$2"
  ip link set "port$1" master switch up
  ip route add "$4" via "$3"
`;
const CONFIGURE = `
  ip address add "$1/24" dev eth0
  ip link set eth0 up
  ip route add default via "$2"
  echo 1 >/proc/sys/net/ipv4/ip_forward
`;

export async function createClusterNetwork(count: number): Promise<ClusterNetwork> {
  const control = await createNetwork();
  await configure(control, CONTROL, API, GATEWAY);
  const nodes: NodeNetwork[] = [];
  for (let number = 1; number <= count; number += 1) {
    const node = {
      network: await createNetwork(),
      address: `10.77.0.${number}`,
      pods: `10.78.${number}.0/24`,
    };
    await configure(control, PLUG, `${number}`, node.network.path, node.address, node.pods);
    await configure(node.network, CONFIGURE, node.address, GATEWAY);
    nodes.push(node);
  }
  return { controlPlane: placeOf(control), nodes };
}

async function configure(network: Network, script: string, ...args: string[]): Promise<void> {
  const { code, stderr } = await runProcess([...network.enter, 'sh', '-ec', script, 'sh', ...args]);
  if (code !== 0) throw new Error(`configuring the network of a cluster: ${stderr.trim()}`);
}

function placeOf(network: Network): Place {
  return {
    enter: network.enter,
    listening: ['--bind-address=0.0.0.0', `--advertise-address=${GATEWAY}`],
    port: 443,
    host: 'localhost',
    open: (port) => openDoor(network, port),
  };
}

/** The listening socket stays in the network that it was made in, whoever accepts from it. */
async function openDoor({ enter }: Network, inner: number): Promise<Door> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const [program = '', ...args] = enter;
  const relay = fork(join(import.meta.dirname, 'relay.js'), [`${inner}`], {
    execPath: program,
    execArgv: [...args, process.execPath],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  relay.send('door', server);
  await once(relay, 'message');
  const { port } = server.address() as AddressInfo;
  server.close();
  relay.unref();
  relay.channel?.unref();
  return {
    port,
    close: async () => {
      relay.ref();
      relay.kill('SIGKILL');
      await once(relay, 'exit');
    },
  };
}
