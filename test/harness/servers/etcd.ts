import { join } from 'node:path';
import { HERE } from './place.ts';
import type { Place } from './place.ts';
import { freePorts, launchServer, serverDirectory } from './process.ts';

export interface Etcd {
  /** `http://127.0.0.1:PORT`, where the server is. */
  readonly url: string;
  /** Takes it away, by SIGKILL, while `during` runs, which may change the data that it is given the directory of. */
  outage(during: (data: string) => Promise<void>): Promise<void>;
  /** Counts on from a later revision, as after `etcdutl snapshot restore --bump-revision`. */
  bump(revisions: number): Promise<void>;
  /** Forgets all history up to now. */
  compact(): Promise<void>;
  stop(): Promise<void>;
}

export async function startEtcd(place: Place = HERE): Promise<Etcd> {
  const directory = await serverDirectory('etcd');
  const [client = 0, peer] = await freePorts(2);
  const door = await place.open(client);
  const url = `http://127.0.0.1:${client}`;
  const peerUrl = `http://127.0.0.1:${peer}`;
  const data = join(directory.path, 'data');
  const seen = `http://127.0.0.1:${door.port}`;
  const serve = () =>
    launchServer('etcd', {
      directory: directory.path,
      enter: place.enter,
      args: [
        `--data-dir=${data}`,
        `--listen-client-urls=${url}`,
        `--advertise-client-urls=${url}`,
        `--listen-peer-urls=${peerUrl}`,
        `--initial-advertise-peer-urls=${peerUrl}`,
        `--initial-cluster=default=${peerUrl}`,
        '--unsafe-no-fsync',
      ],
      ready: async () => (await fetch(`${seen}/health`)).ok,
    });
  const call = async (what: string, body: object) =>
    (await fetch(`${seen}/v3/kv/${what}`, { method: 'POST', body: JSON.stringify(body) })).json();
  let server = await serve();
  return {
    url,
    outage: async (during) => {
      await server.stop();
      await during(data);
      server = await serve();
    },
    bump: async (revisions) => {
      for (let made = 0; made < revisions; made++) await call('put', { key: btoa('bump') });
    },
    compact: async () => {
      const { header } = (await call('range', { key: btoa('/') })) as { header: { revision: string } };
      await call('compaction', { revision: header.revision, physical: true });
    },
    stop: async () => {
      await server.stop();
      await door.close();
      await directory.remove();
    },
  };
}
