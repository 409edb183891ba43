/** Identities as a cluster gives them: real tokens of real service accounts. */
import type { Apiserver } from './kubernetes.ts';
import { send } from './request.ts';
import type { Answer } from './request.ts';

export const SYSTEM = 'workstation-system';

/** Makes requests as whoever has a token. */
export type Client = (method: string, path: string, body?: unknown, contentType?: string) => Promise<Answer>;

export function clientWith(server: Apiserver, token: string): Client {
  const { hostname: host, port } = new URL(server.url);
  const access = { host, port: Number(port), ca: server.ca, token };
  return (method, path, body, contentType) => send(access, method, path, body, contentType);
}

/** What a token is bound to: it is worth nothing once that is gone, and names the node. */
export type Bound =
  { readonly kind: 'Pod'; readonly node: string } | { readonly kind: 'Node'; readonly node: string };

/** A token of a service account in our namespace, as kubelet or `kubectl create token` asks for it. */
export async function tokenOf(server: Apiserver, account: string, bound?: Bound): Promise<string> {
  const boundObjectRef = bound === undefined ? undefined : await reference(server, account, bound);
  const request = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { audiences: [], ...(boundObjectRef === undefined ? {} : { boundObjectRef }) },
  };
  const { status } = await made(
    server,
    `/api/v1/namespaces/${SYSTEM}/serviceaccounts/${account}/token`,
    request,
  );
  return (status as { token: string }).token;
}

async function reference(server: Apiserver, account: string, { kind, node }: Bound): Promise<object> {
  const machine = await server.request('GET', `/api/v1/nodes/${node}`);
  const { metadata } =
    machine.status === 200
      ? (machine.body as Made)
      : await made(server, '/api/v1/nodes', { metadata: { name: node } });
  if (kind === 'Node') return { apiVersion: 'v1', kind, name: node, uid: metadata.uid };
  const pod = await made(server, `/api/v1/namespaces/${SYSTEM}/pods`, {
    metadata: { generateName: 'bound-' },
    spec: { serviceAccountName: account, nodeName: node, containers: [{ name: 'none', image: 'none' }] },
  });
  return { apiVersion: 'v1', kind, name: pod.metadata.name, uid: pod.metadata.uid };
}

interface Made {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly status: unknown;
}

/** Makes an object as the administrator. Throws with the server's answer when it is refused. */
export async function made(server: Apiserver, path: string, object: object): Promise<Made> {
  const answer = await server.request('POST', path, object);
  if (answer.status !== 201) throw new Error(`making ${path}: ${JSON.stringify(answer.body)}`);
  return answer.body as Made;
}
