import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startEtcd } from './etcd.ts';
import { freePorts, launchServer, serverDirectory } from './process.ts';
import type { ServerProcess } from './process.ts';
import { send } from './request.ts';
import type { Answer } from './request.ts';

/** A control plane of etcd and kube-apiserver, with RBAC, and nothing in it: no controllers, no nodes. */
export interface Apiserver {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  /** PEM of the authority that signed the serving certificate. */
  readonly ca: string;
  /** Bearer token of a member of `system:masters`. */
  readonly adminToken: string;
  /** Path of a kubeconfig with that token. */
  readonly kubeconfig: string;
  /** One request as the administrator. `body` is sent as JSON unless it is a string. */
  request(method: string, path: string, body?: unknown, contentType?: string): Promise<Answer>;
  /** Takes the API server away, by SIGKILL, while `during` runs; then it is back at the same address with the same data. */
  outage(during: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

export async function startApiserver(): Promise<Apiserver> {
  const etcd = await startEtcd();
  const directory = await serverDirectory('apiserver');
  const [port = 0] = await freePorts(1);
  const adminToken = randomBytes(16).toString('hex');
  const files = await writeIdentities(directory.path, adminToken);
  const certificate = join(directory.path, 'apiserver.crt');
  const ask = async (method: string, path: string, body?: unknown, contentType?: string) =>
    send(
      { port, ca: await readFile(certificate, 'utf8'), token: adminToken },
      method,
      path,
      body,
      contentType,
    );

  const serve = () =>
    launchServer('kube-apiserver', {
      directory: directory.path,
      args: [
        `--etcd-servers=${etcd.url}`,
        '--bind-address=127.0.0.1',
        `--secure-port=${port}`,
        `--cert-dir=${directory.path}`,
        `--token-auth-file=${files.tokens}`,
        `--service-account-signing-key-file=${files.privateKey}`,
        `--service-account-key-file=${files.publicKey}`,
        '--service-account-issuer=https://kubernetes.default.svc',
        '--service-cluster-ip-range=10.0.0.0/24',
        '--authorization-mode=Node,RBAC',
      ],
      ready: async () => (await ask('GET', '/readyz')).status === 200,
    });
  let server: ServerProcess = await serve();

  const url = `https://127.0.0.1:${port}`;
  const ca = await readFile(certificate, 'utf8');
  const kubeconfig = join(directory.path, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigOf(url, ca, adminToken), { mode: 0o600 });
  return {
    url,
    ca,
    adminToken,
    kubeconfig,
    request: ask,
    outage: async (during) => {
      await server.stop();
      await during();
      server = await serve();
    },
    stop: async () => {
      await server.stop();
      await etcd.stop();
      await directory.remove();
    },
  };
}

async function writeIdentities(directory: string, adminToken: string) {
  const path = (name: string) => join(directory, name);
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const write = (file: string, content: string) => writeFile(file, content, { mode: 0o600 });
  const files = { tokens: path('tokens.csv'), privateKey: path('sa.key'), publicKey: path('sa.pub') };
  await write(files.tokens, `${adminToken},admin,admin,"system:masters"\n`);
  await write(files.privateKey, privateKey);
  await write(files.publicKey, publicKey);
  return files;
}

/** JSON is YAML, so this is a kubeconfig. */
function kubeconfigOf(server: string, ca: string, token: string): string {
  const authority = Buffer.from(ca).toString('base64');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': authority } }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    'current-context': 'test',
  });
}
