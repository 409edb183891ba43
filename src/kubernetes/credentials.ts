/**
 * What each request is sent with: the server's address, headers that say who asks, what TLS needs.
 *
 * - Read again every few seconds, so a rotated token, certificate or authority is taken up while the program runs.
 * - What cannot be read for a moment, e.g. while it is replaced, leaves what was read last in force.
 * - However many requests ask at once, there is one reading, and so one run of an exec plugin.
 */
import { readFileSync, statSync } from 'node:fs';
import type { Agent, RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Clock } from '../controller/clock.ts';
import { load, nameOf, tokenFileOf } from './kubeconfig.ts';
import type { Location, Surroundings } from './kubeconfig.ts';
import { whyNot } from './refusal.ts';

export interface Access {
  /** May hold a path, below which the API is. */
  readonly server: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** PEM, and how the server is checked. */
  readonly tls: Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>;
  /** Speaks to a proxy, where the kubeconfig has one. */
  readonly proxy: Agent | undefined;
  /** Where the kubeconfig says that the proxy is. */
  readonly proxyUrl?: string | undefined;
  /** Absolute path of the file that the token is read from, where it is one. */
  readonly tokenFile?: string | undefined;
}

/** Milliseconds for which what was read is taken to be still so. */
const FRESH = 10_000;

export class Credentials {
  readonly #Config: typeof KubeConfig;
  readonly #location: Location;
  readonly #surroundings: Surroundings;
  readonly #clock: Clock;
  /** With the state of the files it was loaded from. */
  #config: { readonly value: KubeConfig; readonly stamp: string } | undefined;
  #last: { readonly access: Access; readonly at: number } | undefined;
  #reading: Promise<Access> | undefined;

  constructor(Config: typeof KubeConfig, location: Location, surroundings: Surroundings, clock: Clock) {
    this.#Config = Config;
    this.#location = location;
    this.#surroundings = surroundings;
    this.#clock = clock;
  }

  /** @throws Error with a sentence when they cannot be read and never could */
  current(): Promise<Access> {
    const last = this.#last;
    if (last !== undefined && this.#clock.now() - last.at < FRESH) return Promise.resolve(last.access);
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  /** The server refused `access`: it is read anew next time, unless that has happened since; exec plugins run again. */
  refused(access: Access): void {
    if (this.#last?.access !== access) return;
    this.#last = { access, at: -Infinity };
    this.#config = undefined;
  }

  async #read(): Promise<Access> {
    try {
      const access = await accessOf(this.#load());
      this.#last = { access, at: this.#clock.now() };
      return access;
    } catch (cause) {
      if (this.#last !== undefined) {
        this.#last = { access: this.#last.access, at: this.#clock.now() };
        return this.#last.access;
      }
      const found = whyNot(cause);
      throw new Error(`read the credentials in ${nameOf(this.#location)}: ${found}: correct them`, { cause });
    }
  }

  /** The same object for as long as its files are the same: it holds what an exec plugin gave until that expires. */
  #load(): KubeConfig {
    const stamp = stampOf(this.#location);
    if (this.#config?.stamp !== stamp) {
      this.#config = { value: load(this.#Config, this.#location, this.#surroundings), stamp };
    }
    return this.#config.value;
  }
}

function stampOf(location: Location): string {
  if (location.kind === 'in-cluster') return '';
  return location.paths
    .map((path) => statSync(path))
    .map(({ ino, size, mtimeMs }) => `${ino} ${size} ${mtimeMs}`)
    .join();
}

async function accessOf(config: KubeConfig): Promise<Access> {
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new Error('it names no current context, or one without a cluster');
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const { ca, cert, key, servername, rejectUnauthorized, auth } = options;
  const headers = { ...(options.headers as Record<string, string>) };
  const tokenFile = tokenFileOf(config.getCurrentUser());
  if (tokenFile !== undefined) headers['Authorization'] = `Bearer ${readFileSync(tokenFile, 'utf8').trim()}`;
  if (auth) headers['Authorization'] = `Basic ${Buffer.from(auth).toString('base64')}`;
  return {
    server: new URL(cluster.server),
    headers,
    tls: { ca, cert, key, servername, rejectUnauthorized },
    proxy: cluster.proxyUrl === undefined ? undefined : (options.agent as Agent),
    proxyUrl: cluster.proxyUrl,
    tokenFile,
  };
}
