/**
 * Which server, and as whom: what client-node's KubeConfig makes of a kubeconfig or of a pod's service account, read again
 * whenever it is asked for. What it lacks is added here: `tokenFile`, and that an exec plugin is told what it is run for.
 */
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import type { KubeConfig, User } from '@kubernetes/client-node';
import { parse } from 'yaml';

/** Where the credentials are. */
export type Location =
  | {
      readonly kind: 'kubeconfig';
      readonly paths: readonly string[];
      /** Which context; the current one when left out. */
      readonly context?: string | undefined;
    }
  | { readonly kind: 'in-cluster' };

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where a pod finds its service account. */
  readonly serviceAccount: string;
}

/**
 * A given path, else $KUBECONFIG, else the service account of a pod, else ~/.kube/config. A pod has no contexts: whoever
 * names one means a kubeconfig.
 * @throws Error when there is none of these
 */
export function locate(
  path: string | undefined,
  { env, serviceAccount }: Surroundings,
  context?: string,
): Location {
  if (path !== undefined) return { kind: 'kubeconfig', paths: [resolve(path)], context };
  const named = (env['KUBECONFIG'] ?? '').split(delimiter).filter((each) => each !== '');
  if (named.length > 0) return { kind: 'kubeconfig', paths: named.map((each) => resolve(each)), context };
  const isPod = env['KUBERNETES_SERVICE_HOST'] && existsSync(join(serviceAccount, 'token'));
  if (isPod && context === undefined) return { kind: 'in-cluster' };
  const own = env['HOME'] === undefined ? undefined : join(env['HOME'], '.kube', 'config');
  if (own !== undefined && existsSync(own)) return { kind: 'kubeconfig', paths: [own], context };
  throw new Error(
    'connect to an API server: found neither --kubeconfig, $KUBECONFIG, a service account of a pod, nor ~/.kube/config: give one of them',
  );
}

/** For a person. */
export function nameOf(location: Location): string {
  return location.kind === 'in-cluster' ? 'the service account of this pod' : location.paths.join(delimiter);
}

/** @throws Error when a file cannot be read or is no kubeconfig */
export function load(Config: typeof KubeConfig, location: Location, surroundings: Surroundings): KubeConfig {
  if (location.kind === 'in-cluster') return loadPod(Config, surroundings);
  const config = new Config();
  for (const path of location.paths) {
    const one = new Config();
    one.loadFromFile(path);
    one.getUsers().forEach((user, index) => completeUser(user, declaredUser(path, index), dirname(path)));
    config.mergeConfig(one, config.getCurrentContext() !== undefined);
  }
  if (location.context !== undefined) choose(config, location.context);
  return config;
}

function choose(config: KubeConfig, context: string): void {
  const names = config.getContexts().map(({ name }) => name);
  if (!names.includes(context)) {
    throw new Error(`it has no context ${context}, but ${names.join(', ') || 'none at all'}`);
  }
  config.setCurrentContext(context);
}

/** As KubeConfig.loadFromCluster does, but from a directory that may be another, and with names of its own surroundings. */
function loadPod(Config: typeof KubeConfig, { env, serviceAccount }: Surroundings): KubeConfig {
  const host = env['KUBERNETES_SERVICE_HOST'] ?? '';
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${env['KUBERNETES_SERVICE_PORT'] ?? 443}`;
  const config = new Config();
  const cluster = { name: 'pod', server, caFile: join(serviceAccount, 'ca.crt'), skipTLSVerify: false };
  config.loadFromClusterAndUser(cluster, tokenFileUser('pod', join(serviceAccount, 'token')));
  return config;
}

/** As KubeConfig marks whoever has a token in a file. */
function tokenFileUser(name: string, tokenFile: string): User {
  return { name, authProvider: { name: 'tokenFile', config: { tokenFile } } };
}

/** The file of the token that is good now, where it is one. */
export function tokenFileOf(user: User | null): string | undefined {
  const config = (user?.authProvider as { config?: { tokenFile?: string } } | undefined)?.config;
  return config?.tokenFile;
}

interface DeclaredUser {
  readonly tokenFile?: string;
  readonly exec?: { readonly provideClusterInfo?: boolean };
}

function declaredUser(path: string, index: number): DeclaredUser {
  const { users } = parse(readFileSync(path, 'utf8')) as { users?: { user?: DeclaredUser }[] };
  return users?.[index]?.user ?? {};
}

/** Adds what KubeConfig leaves out. A token file outranks a token, as it does for kubectl. */
function completeUser(user: User, { tokenFile }: DeclaredUser, directory: string): void {
  if (tokenFile !== undefined) {
    const { authProvider } = tokenFileUser(user.name, resolve(directory, tokenFile));
    Object.assign(user, { authProvider, token: undefined });
  }
  const exec = user.exec as ExecPlugin | null | undefined;
  if (exec) tellWhy(exec, directory);
}

interface ExecPlugin {
  readonly apiVersion?: string;
  command: string;
  env?: { name: string; value: string }[];
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins */
function tellWhy(exec: ExecPlugin, directory: string): void {
  const spec = { kind: 'ExecCredential', apiVersion: exec.apiVersion, spec: { interactive: false } };
  exec.env = [...(exec.env ?? []), { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(spec) }];
  // A path, other than a bare name, is one beside the kubeconfig.
  if (exec.command.includes('/')) exec.command = resolve(directory, exec.command);
}
