/** An API server as a kubeconfig names it: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ */
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import type { Tls } from './http.ts';

export interface ClusterAccess {
  readonly server: URL;
  readonly tls: Tls;
  readonly token: string | undefined;
}

const text = z.string().min(1).optional();
const Cluster = z.object({
  server: z.url(),
  'certificate-authority': text,
  'certificate-authority-data': text,
});
const User = z.object({
  token: text,
  tokenFile: text,
  'client-certificate': text,
  'client-certificate-data': text,
  'client-key': text,
  'client-key-data': text,
  exec: z.unknown().optional(),
});
const Context = z.object({ cluster: z.string(), user: z.string() });
/** What the current context does not lead to may be anything. */
const list = z.array(z.looseObject({ name: z.string() }));
const Kubeconfig = z.object({ 'current-context': z.string(), clusters: list, contexts: list, users: list });

/**
 * The cluster and user of the current context. Paths in it are relative to its own.
 * @throws Error with a sentence when there is none, or when a program would have to be run to log in
 */
export function readKubeconfig(path: string, readFile: (path: string) => string): ClusterAccess {
  const attempt = `read the kubeconfig ${path}`;
  const config = checked(attempt, Kubeconfig, parseQuietly(readFile(path)));
  const named = (items: z.output<typeof list>, name: string) => items.find((item) => item.name === name);
  const context = checked(attempt, Context, named(config.contexts, config['current-context'])?.['context']);
  const cluster = checked(attempt, Cluster, named(config.clusters, context.cluster)?.['cluster']);
  const user = checked(attempt, User, named(config.users, context.user)?.['user']);
  if (user.exec !== undefined) {
    throw new Error(
      `${attempt}: its user logs in by a program, which is not run: give one with a token or certificate`,
    );
  }
  const file = (name: string | undefined) => name && readFile(resolve(dirname(path), name));
  const pem = (data: string | undefined, name: string | undefined) =>
    data === undefined ? file(name) : Buffer.from(data, 'base64').toString();
  return {
    server: new URL(cluster.server.endsWith('/') ? cluster.server : `${cluster.server}/`),
    tls: {
      ca: pem(cluster['certificate-authority-data'], cluster['certificate-authority']),
      cert: pem(user['client-certificate-data'], user['client-certificate']),
      key: pem(user['client-key-data'], user['client-key']),
    },
    token: user.token ?? file(user.tokenFile)?.trim(),
  };
}

function checked<S extends z.ZodType>(attempt: string, schema: S, value: unknown): z.output<S> {
  const found = schema.safeParse(value);
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  const what = issue?.path.join('.') || 'what its current context leads to';
  throw new Error(`${attempt}: ${what} is missing or wrong: correct it`);
}

/** What the parser says would show lines of the file, and a token with them. */
function parseQuietly(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0, logLevel: 'silent' });
  } catch {
    return undefined;
  }
}
