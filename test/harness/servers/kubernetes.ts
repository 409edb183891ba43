import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startEtcd } from './etcd.ts';
import { HERE } from './place.ts';
import type { Place } from './place.ts';
import type { Etcd } from './etcd.ts';
import { freePorts, launchServer, serverDirectory } from './process.ts';
import type { ServerProcess } from './process.ts';
import { send } from './request.ts';
import type { Answer } from './request.ts';

/** A control plane of etcd and kube-apiserver, with RBAC, and nothing in it: no controllers, no nodes. */
export interface Apiserver {
  /** `https://HOST:PORT`, as this process reaches it. */
  readonly url: string;
  /** PEM of the authority that signed the serving certificate. */
  readonly ca: string;
  /** Bearer token of a member of `system:masters`. */
  readonly adminToken: string;
  /** Path of a kubeconfig with that token. */
  readonly kubeconfig: string;
  /** Path of the key that signs the tokens of service accounts, for the controllers that make them. */
  readonly signingKey: string;
  /** Path of a file that `ca` is the content of. */
  readonly caFile: string;
  /** A kubeconfig of a member of `system:nodes`, for an API server found at `server`. */
  nodeKubeconfig(node: string, server: string): string;
  /** Where everything is kept. */
  readonly etcd: Etcd;
  /** PEM of the key of the serving certificate, for what stands before the server in its name. */
  readonly servingKey: string;
  /** One request as the administrator. `body` is sent as JSON unless it is a string. */
  request(method: string, path: string, body?: unknown, contentType?: string): Promise<Answer>;
  /** Takes the API server away, by SIGKILL, while `during` runs; then it is back at the same address with the same data. */
  outage(during: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

export interface ApiserverOptions {
  readonly place?: Place;
  /** Names of nodes that are to join. */
  readonly nodes?: readonly string[];
  /** Beyond the usual ones. */
  readonly flags?: readonly string[];
}

export async function startApiserver({
  place = HERE,
  nodes = [],
  flags = [],
}: ApiserverOptions = {}): Promise<Apiserver> {
  const etcd = await startEtcd(place);
  const directory = await serverDirectory('apiserver');
  const [free = 0] = await freePorts(1);
  const port = place.port ?? free;
  const door = await place.open(port);
  const tokens = new Map(['admin', ...nodes].map((name) => [name, randomBytes(16).toString('hex')]));
  const adminToken = tokens.get('admin') ?? '';
  const files = await writeIdentities(directory.path, tokens);
  const certificate = join(directory.path, 'apiserver.crt');
  const ask = async (method: string, path: string, body?: unknown, contentType?: string) =>
    send(
      { host: place.host, port: door.port, ca: await readFile(certificate, 'utf8'), token: adminToken },
      method,
      path,
      body,
      contentType,
    );

  const serve = () =>
    launchServer('kube-apiserver', {
      directory: directory.path,
      enter: place.enter,
      args: [
        `--etcd-servers=${etcd.url}`,
        ...place.listening,
        `--secure-port=${port}`,
        `--cert-dir=${directory.path}`,
        `--token-auth-file=${files.tokens}`,
        `--service-account-signing-key-file=${files.privateKey}`,
        `--service-account-key-file=${files.publicKey}`,
        '--service-account-issuer=https://kubernetes.default.svc',
        '--service-cluster-ip-range=10.0.0.0/24',
        '--authorization-mode=Node,RBAC',
        '--enable-admission-plugins=NodeRestriction',
        '--allow-privileged=true',
        '--kubelet-preferred-address-types=InternalIP',
        ...flags,
      ],
      ready: async () => (await ask('GET', '/readyz')).status === 200 && (await servesAll(ask)),
    });
  let server: ServerProcess = await serve();

  const url = `https://${place.host}:${door.port}`;
  const ca = await readFile(certificate, 'utf8');
  const kubeconfig = join(directory.path, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigOf(url, ca, adminToken), { mode: 0o600 });
  return {
    url,
    ca,
    adminToken,
    kubeconfig,
    signingKey: files.privateKey,
    caFile: certificate,
    nodeKubeconfig: (node, at) => kubeconfigOf(at, ca, tokens.get(node) ?? ''),
    etcd,
    servingKey: await readFile(join(directory.path, 'apiserver.key'), 'utf8'),
    request: ask,
    outage: async (during) => {
      await server.stop();
      await during();
      server = await serve();
    },
    stop: async () => {
      await server.stop();
      await door.close();
      await etcd.stop();
      await directory.remove();
    },
  };
}

/** A server that calls itself ready may know nothing of its custom resources for a moment. */
async function servesAll(ask: (method: 'GET', path: string) => Promise<Answer>): Promise<boolean> {
  const { status, body } = await ask('GET', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions');
  if (status !== 200) return false;
  const paths = (body as Definitions).items.flatMap(({ spec: { group, names, versions } }) =>
    versions
      .filter(({ served }) => served)
      .map(({ name }) => `/apis/${group}/${name}/${names.plural}?limit=1`),
  );
  const answers = await Promise.all(paths.map((path) => ask('GET', path)));
  return answers.every(({ status }) => status === 200);
}

interface Definitions {
  readonly items: readonly {
    readonly spec: {
      readonly group: string;
      readonly names: { readonly plural: string };
      readonly versions: readonly { readonly name: string; readonly served: boolean }[];
    };
  }[];
}

async function writeIdentities(directory: string, tokens: ReadonlyMap<string, string>) {
  const path = (name: string) => join(directory, name);
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const write = (file: string, content: string) => writeFile(file, content, { mode: 0o600 });
  const files = { tokens: path('tokens.csv'), privateKey: path('sa.key'), publicKey: path('sa.pub') };
  const lines = [...tokens].map(([name, token]) =>
    name === 'admin'
      ? `${token},admin,admin,"system:masters"`
      : `${token},system:node:${name},${name},"system:nodes"`,
  );
  await write(files.tokens, `${lines.join('\n')}\n`);
  await write(files.privateKey, privateKey);
  await write(files.publicKey, publicKey);
  return files;
}

/** JSON is YAML, so this is a kubeconfig. */
export function kubeconfigOf(server: string, ca: string, token: string): string {
  const authority = Buffer.from(ca).toString('base64');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': authority } }],
    users: [{ name: 'me', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'me' } }],
    'current-context': 'test',
  });
}
