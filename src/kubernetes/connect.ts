/**
 * An API server, as this program speaks to it. All contact with @kubernetes/client-node is in this room.
 *
 * - It is loaded when a connection is asked for, and never otherwise: a machine of its own pays nothing for it.
 * - Credentials are client-node's to read: kubeconfigs, exec plugins, certificates, service accounts. They may be rotated.
 * - Requests end, are repeated where that is safe, and fail with a sentence.
 * - A reflector holds a copy of a collection that misses no update and says of nothing that it is gone before that is so.
 */
import type { KubeConfig } from '@kubernetes/client-node';
import { realClock } from '../controller/clock.ts';
import type { Clock } from '../controller/clock.ts';
import type { Api } from './api.ts';
import { Client } from './client.ts';
import { Credentials } from './credentials.ts';
import type { Access } from './credentials.ts';
import { HttpsTransport } from './https.ts';
import { locate } from './kubeconfig.ts';
import type { Surroundings } from './kubeconfig.ts';
import type { Limits } from './retry.ts';
import type { Exchange, Transport } from './transport.ts';

export interface ConnectOptions {
  /** Path of a kubeconfig; when left out it is looked for as kubectl does. */
  readonly kubeconfig?: string | undefined;
  /** Which context of it; the current one when left out. */
  readonly context?: string | undefined;
  readonly env?: Surroundings['env'];
  /** Where a pod finds its service account. */
  readonly serviceAccount?: string;
  readonly clock?: Clock;
  readonly random?: () => number;
  /** Hears of every exchange with the server; must not throw. */
  readonly onExchange?: (exchange: Exchange) => void;
}

export interface Connection {
  readonly api: Api;
  /** What a Reflector works over. */
  readonly transport: Transport;
  /** Of the server, for a person: `https://HOST:PORT`. */
  readonly server: string;
  /** Where the server is and what it is asked with, as it was when this was made. */
  readonly access: Access;
  /** The same connections, with requests that give up sooner or later than usual. */
  apiWithin(limits: Limits): Api;
  /** Breaks off what is under way. */
  close(): void;
}

/** Where the kubelet puts it. */
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Reads the credentials, and does not ask the server anything yet.
 * @throws Error with a sentence when there are none
 */
export async function connect(options: ConnectOptions = {}): Promise<Connection> {
  const { kubeconfig, context, env = process.env, serviceAccount = SERVICE_ACCOUNT } = options;
  const { clock = realClock, random = Math.random, onExchange } = options;
  const surroundings = { env, serviceAccount };
  const location = locate(kubeconfig, surroundings, context);
  const credentials = new Credentials(await loadKubeConfig(), location, surroundings, clock);
  const access = await credentials.current();
  const transport = new HttpsTransport({ credentials, clock, random, onExchange });
  return {
    api: new Client(transport),
    transport,
    server: access.server.origin,
    access,
    apiWithin: (limits) => new Client(transport.limited(limits)),
    close: () => transport.close(),
  };
}

async function loadKubeConfig(): Promise<typeof KubeConfig> {
  return (await import('./clientnode.ts')).KubeConfig;
}
