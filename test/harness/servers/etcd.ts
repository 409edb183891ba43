import { join } from 'node:path';
import { HERE } from './place.ts';
import type { Place } from './place.ts';
import { freePorts, launchServer, serverDirectory } from './process.ts';

export interface Etcd {
  /** `http://127.0.0.1:PORT`, where the server is. */
  readonly url: string;
  stop(): Promise<void>;
}

export async function startEtcd(place: Place = HERE): Promise<Etcd> {
  const directory = await serverDirectory('etcd');
  const [client = 0, peer] = await freePorts(2);
  const door = await place.open(client);
  const url = `http://127.0.0.1:${client}`;
  const peerUrl = `http://127.0.0.1:${peer}`;
  const server = await launchServer('etcd', {
    directory: directory.path,
    enter: place.enter,
    args: [
      `--data-dir=${join(directory.path, 'data')}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=default=${peerUrl}`,
      '--unsafe-no-fsync',
    ],
    ready: async () => (await fetch(`http://127.0.0.1:${door.port}/health`)).ok,
  });
  return {
    url,
    stop: async () => {
      await server.stop();
      await door.close();
      await directory.remove();
    },
  };
}
