/** Machines that join a real API server, and tokens as that server gave them some time ago. */
import { createSign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { claimsOf } from '../../../src/kubernetes/tokens.ts';
import { CHECKOUT, type Machine, type Result } from '../../harness/machine/machine.ts';
import { SYSTEM } from '../../harness/servers/identities.ts';
import type { Apiserver } from '../../harness/servers/kubernetes.ts';

export const WORKSTATION = `${CHECKOUT}/bin/workstation`;
export const ADMIN = '/root/admin.conf';
export const TOKEN = '/etc/workstation/token';

export function joinAs(machine: Machine, name: string, ...more: string[]): Promise<Result> {
  return machine.run([WORKSTATION, 'join', '--kubeconfig', ADMIN, '--name', name, ...more]);
}

/** The token of a machine as if it had got it so many days ago, for a week: the server's own key signs it. */
export async function agedToken(server: Apiserver, machine: string, days: number): Promise<string> {
  const name = `workstation-agent-${machine}`;
  const { body } = await server.request('GET', `/api/v1/namespaces/${SYSTEM}/serviceaccounts/${name}`);
  const { uid } = (body as { metadata: { uid: string } }).metadata;
  const issuer = 'https://kubernetes.default.svc';
  const iat = Math.round(Date.now() / 1000) - days * 86_400;
  const claims = {
    iss: issuer,
    aud: [issuer],
    sub: `system:serviceaccount:${SYSTEM}:${name}`,
    iat,
    nbf: iat,
    exp: iat + 7 * 86_400,
    'kubernetes.io': { namespace: SYSTEM, serviceaccount: { name, uid } },
  };
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'RS256', kid: await keyIdOf(server) })}.${part(claims)}`;
  const signature = createSign('RSA-SHA256').update(signed).sign(readFileSync(server.signingKey));
  return `${signed}.${signature.toString('base64url')}`;
}

async function keyIdOf(server: Apiserver): Promise<string> {
  const { body } = await server.request('GET', '/openid/v1/jwks');
  const { keys } = (typeof body === 'string' ? JSON.parse(body) : body) as { keys: { kid: string }[] };
  return keys[0]?.kid ?? '';
}

/** Hours since the token of a machine was given. */
export async function ageOf(machine: Machine): Promise<number> {
  const claims = claimsOf(await machine.read(TOKEN));
  if (claims === undefined) throw new Error(`${TOKEN} holds no token`);
  return (Date.now() - claims.issuedAt) / 3600_000;
}
