import { join } from 'node:path';
import { freePorts, launchServer, serverDirectory } from './process.ts';

export interface Etcd {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  stop(): Promise<void>;
}

export async function startEtcd(): Promise<Etcd> {
  const directory = await serverDirectory('etcd');
  const [client, peer] = await freePorts(2);
  const url = `http://127.0.0.1:${client}`;
  const peerUrl = `http://127.0.0.1:${peer}`;
  const server = await launchServer('etcd', {
    directory: directory.path,
    args: [
      `--data-dir=${join(directory.path, 'data')}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=default=${peerUrl}`,
      '--unsafe-no-fsync',
    ],
    ready: async () => (await fetch(`${url}/health`)).ok,
  });
  return { url, stop: () => server.stop().then(directory.remove) };
}
