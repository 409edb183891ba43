/**
 * Tokens of service accounts, each with an end of its own:
 * https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/
 */
import type { Resource } from './objects.ts';
import { pathOf } from './paths.ts';
import type { Transport } from './transport.ts';

export interface Account {
  readonly namespace: string;
  readonly name: string;
}

/** What a token says of itself. It is the server that believes it or not. */
export interface Claims {
  /** Whose it is, as RBAC names users. */
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly issuedAt: number;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export function serviceAccounts(namespace: string): Resource {
  return { group: '', version: 'v1', plural: 'serviceaccounts', kind: 'ServiceAccount', namespace };
}

export function subjectOf({ namespace, name }: Account): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

/**
 * A new token. The server may make it end earlier than asked, and refuses less than ten minutes.
 * @throws ApiError
 */
export async function requestToken(transport: Transport, account: Account, seconds: number): Promise<string> {
  const answer = await transport.request({
    attempt: `request a token of ServiceAccount ${account.namespace}/${account.name}`,
    method: 'POST',
    path: pathOf(serviceAccounts(account.namespace), account.name, 'token'),
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { audiences: [], expirationSeconds: seconds },
    },
  });
  return (answer as { readonly status: { readonly token: string } }).status.token;
}

/** Undefined for a text that is no such token. */
export function claimsOf(token: string): Claims | undefined {
  const [, payload, ...rest] = token.trim().split('.');
  if (payload === undefined || rest.length !== 1) return undefined;
  const { sub, iat, exp } = membersOf(Buffer.from(payload, 'base64url').toString());
  if (typeof sub !== 'string' || typeof iat !== 'number' || typeof exp !== 'number') return undefined;
  return { subject: sub, issuedAt: iat * 1000, expiresAt: exp * 1000 };
}

function membersOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
