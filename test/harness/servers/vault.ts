import { randomBytes } from 'node:crypto';
import { freePorts, launchServer, serverDirectory } from './process.ts';

/** A Vault in development mode: unsealed, in memory, with KV version 2 at `secret/`. */
export interface Vault {
  /** `http://127.0.0.1:PORT` */
  readonly address: string;
  readonly rootToken: string;
  /** One request below `/v1/`, as root or with another token. `data` is what Vault answers there; undefined when empty. */
  request(method: string, path: string, body?: object, token?: string): Promise<VaultAnswer>;
  stop(): Promise<void>;
}

export interface VaultAnswer {
  readonly status: number;
  readonly body: unknown;
}

export async function startVault(): Promise<Vault> {
  const directory = await serverDirectory('vault');
  const [port] = await freePorts(1);
  const address = `http://127.0.0.1:${port}`;
  const rootToken = randomBytes(16).toString('hex');
  const server = await launchServer('vault', {
    directory: directory.path,
    args: ['server', '-dev', '-dev-no-store-token'],
    env: { VAULT_DEV_ROOT_TOKEN_ID: rootToken, VAULT_DEV_LISTEN_ADDRESS: `127.0.0.1:${port}` },
    ready: async () =>
      (await fetch(`${address}/v1/secret/config`, { headers: { 'x-vault-token': rootToken } })).ok,
  });
  return {
    address,
    rootToken,
    request: async (method, path, body, token = rootToken) => {
      const answer = await fetch(`${address}/v1/${path}`, {
        method,
        headers: { 'x-vault-token': token },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const content = await answer.text();
      return { status: answer.status, body: content === '' ? undefined : JSON.parse(content) };
    },
    stop: () => server.stop().then(directory.remove),
  };
}
