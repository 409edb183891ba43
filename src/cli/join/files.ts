/** What a machine keeps to be let in by: a kubeconfig without a secret, and the token beside it. */
import { createHmac } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { parse, stringify } from 'yaml';
import { agentAccount } from '../../api/marks.ts';
import { isMapping } from '../../api/text/json.ts';
import type { Access } from '../../kubernetes/credentials.ts';
import { replaceSecret } from '../../kubernetes/tokenfile.ts';

export const KUBECONFIG = '/etc/workstation/kubeconfig';
export const TOKEN = '/etc/workstation/token';

const MACHINE_ID = '/etc/machine-id';

/** machine-id(5) asks to hand out no more of it than a keyed digest. */
export function installationId(): string {
  const id = existsSync(MACHINE_ID) ? readFileSync(MACHINE_ID, 'utf8').trim() : '';
  if (!/^[0-9a-f]{32}$/.test(id)) {
    throw new Error(
      `read ${MACHINE_ID}: it holds no machine id: make one with systemd-machine-id-setup, so that machines can be told apart`,
    );
  }
  return createHmac('sha256', id).update('workstation.dev').digest('hex').slice(0, 32);
}

/** @throws Error with a sentence when the server could be another's, or would be told the token in the clear */
export function kubeconfigText(machine: string, { server, tls, proxyUrl }: Access, url?: string): string {
  const address = serverOf(url ?? server.href);
  if (tls.rejectUnauthorized === false) {
    throw new Error(
      'join a cluster: the kubeconfig does not check whose server it is, and an agent obeys its server as root: give it the certificate authority',
    );
  }
  const cluster = {
    server: address,
    ...(tls.ca === undefined ? {} : { 'certificate-authority-data': authorityOf(tls.ca) }),
    ...(tls.servername === undefined ? {} : { 'tls-server-name': tls.servername }),
    ...(proxyUrl === undefined ? {} : { 'proxy-url': proxyUrl }),
  };
  const name = agentAccount(machine);
  return `# Laid down by \`workstation join\`. The agent renews the token.\n${stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'cluster', cluster }],
    users: [{ name, user: { tokenFile: TOKEN } }],
    contexts: [{ name, context: { cluster: 'cluster', user: name } }],
    'current-context': name,
  })}`;
}

/** @throws Error when there is a kubeconfig that somebody else has put there */
export function requireOwnPlace(): void {
  if (!existsSync(KUBECONFIG) || isOurs()) return;
  throw new Error(`write ${KUBECONFIG}: there is one that no machine has joined with: move it away`);
}

export function layDown(kubeconfig: string, token: string): void {
  mkdirSync(dirname(KUBECONFIG), { recursive: true });
  replaceSecret(TOKEN, `${token}\n`);
  replaceSecret(KUBECONFIG, kubeconfig);
}

/** The paths that were taken away. */
export function takeAway(): string[] {
  if (!existsSync(KUBECONFIG) || !isOurs()) return [];
  const paths = [KUBECONFIG, TOKEN].filter((path) => existsSync(path));
  for (const path of paths) rmSync(path);
  return paths;
}

function isOurs(): boolean {
  try {
    const config: unknown = parse(readFileSync(KUBECONFIG, 'utf8'));
    const users: unknown = isMapping(config) ? config['users'] : undefined;
    const [first]: unknown[] = Array.isArray(users) ? users : [];
    const user = isMapping(first) ? first['user'] : undefined;
    return isMapping(user) && user['tokenFile'] === TOKEN;
  } catch {
    return false;
  }
}

function serverOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:') return url.href.replace(/\/$/, '');
  throw new Error(`join a cluster: its server ${text} is no https:// address: give one with --server`);
}

function authorityOf(ca: NonNullable<Access['tls']['ca']>): string {
  const parts = Array.isArray(ca) ? ca : [ca];
  return Buffer.concat(parts.map((part) => Buffer.from(part))).toString('base64');
}
