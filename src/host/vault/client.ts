/**
 * What is asked of Vault, over its HTTP API: https://developer.hashicorp.com/vault/api-docs
 *
 * - Its token, and tokens that it mints, are in no error.
 * - What is safe to repeat is repeated while Vault cannot answer; minting never is.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { parseJson } from '../../api/text/json.ts';
import { send, type HttpAnswer } from '../http.ts';
import { printable } from '../programs/output.ts';
import type { MintedToken, TokenIssuer } from '../tokens.ts';

export interface VaultOptions {
  readonly address: URL;
  readonly token: string;
  readonly namespace?: string | undefined;
  /** PEM of the authorities that may have signed Vault's certificate; the system's when left out. */
  readonly ca?: string | undefined;
  /** Milliseconds for one request. */
  readonly timeout?: number;
  /** Milliseconds between the attempts of what is repeated. */
  readonly pauses?: readonly number[];
}

export interface TokenFacts {
  readonly displayName: string;
  readonly policies: readonly string[];
  /** Seconds left; 0 for one that does not end. */
  readonly ttl: number;
}

interface Request {
  /** Begins the sentence when it fails, e.g. "mint a token". */
  readonly attempt: string;
  readonly method: 'GET' | 'POST';
  /** Below `/v1/`. */
  readonly path: string;
  readonly body?: object;
  readonly signal?: AbortSignal | undefined;
}

const PAUSES = [250, 1000];

export class Vault implements TokenIssuer {
  readonly #options: VaultOptions;

  constructor(options: VaultOptions) {
    this.#options = options;
  }

  /** The token of this client. */
  async lookupSelf(signal?: AbortSignal): Promise<TokenFacts> {
    const attempt = 'look the Vault token up';
    const body = await this.#repeat({ attempt, method: 'GET', path: 'auth/token/lookup-self', signal });
    const { display_name: displayName, policies, ttl } = read(attempt, Lookup, body).data;
    return { displayName, policies, ttl };
  }

  /** A field of a KV version 2 secret, `MOUNT/PATH`. */
  async readKv2(mountPath: string, field: string, signal?: AbortSignal): Promise<unknown> {
    const attempt = `read the secret ${mountPath}`;
    const [mount = '', ...path] = mountPath.split('/').map(encodeURIComponent);
    const body = await this.#repeat({
      attempt,
      method: 'GET',
      path: `${mount}/data/${path.join('/')}`,
      signal,
    });
    const { data } = read(attempt, Secret, body).data;
    if (!Object.hasOwn(data, field))
      throw new Error(`${attempt}: it has no field ${JSON.stringify(field)}: add it`);
    return data[field];
  }

  /**
   * Mints a periodic token without a parent, so that it does not end with ours. `signal` only keeps it from beginning:
   * a request that was sent is waited for, or its token would be known to nobody.
   */
  async createOrphanToken(
    { policies, period, displayName }: Parameters<TokenIssuer['createOrphanToken']>[0],
    signal?: AbortSignal,
  ): Promise<MintedToken> {
    signal?.throwIfAborted();
    const attempt = `mint a token for ${displayName}`;
    const wanted = { policies, period, display_name: displayName };
    const body = await this.#ask({ attempt, method: 'POST', path: 'auth/token/create-orphan', body: wanted });
    const { client_token: token, accessor } = read(attempt, Minted, body).auth;
    return { token, accessor };
  }

  /** Done, too, when the token is gone already. */
  async revokeAccessor(accessor: string, signal?: AbortSignal): Promise<void> {
    const attempt = `revoke the token with the accessor ${accessor}`;
    await this.#repeat({
      attempt,
      method: 'POST',
      path: 'auth/token/revoke-accessor',
      body: { accessor },
      signal,
    });
  }

  async #repeat(request: Request): Promise<string> {
    for (const pause of this.#options.pauses ?? PAUSES) {
      try {
        return await this.#ask(request);
      } catch (error) {
        if (error instanceof Refused) throw error;
        request.signal?.throwIfAborted();
      }
      await sleep(pause, undefined, { signal: request.signal });
    }
    return this.#ask(request);
  }

  async #ask({ attempt, method, path, body, signal }: Request): Promise<string> {
    const { address, token, namespace, ca, timeout = 15_000 } = this.#options;
    const answer = await send({
      method,
      url: new URL(`v1/${path}`, address),
      headers: {
        'X-Vault-Token': token,
        'X-Vault-Request': 'true',
        ...(namespace === undefined ? {} : { 'X-Vault-Namespace': namespace }),
      },
      ...(body && { body }),
      tls: { ca },
      timeout,
      signal,
    }).catch((cause: Error) => {
      signal?.throwIfAborted();
      throw new Error(`${attempt}: ${cause.message}: check the address, and that Vault runs`, { cause });
    });
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    const found = complaintOf(answer).replaceAll(token, '…');
    const message = `${attempt}: Vault answered ${answer.status}, ${found}: ${remedyOf(answer.status)}`;
    throw answer.status >= 400 && answer.status < 500 && answer.status !== 429
      ? new Refused(message)
      : new Error(message);
  }
}

/** Vault answered, and asking again would change nothing. */
class Refused extends Error {}

const Lookup = z.object({
  data: z.object({ display_name: z.string(), policies: z.array(z.string()), ttl: z.number() }),
});
const Secret = z.object({ data: z.object({ data: z.record(z.string(), z.unknown()) }) });
const Minted = z.object({ auth: z.object({ client_token: z.string().min(1), accessor: z.string().min(1) }) });
const Complaint = z.object({ errors: z.array(z.string()).min(1) });

function read<S extends z.ZodType>(attempt: string, schema: S, body: string): z.output<S> {
  const parsed = schema.safeParse(parseJson(body));
  if (parsed.success) return parsed.data;
  throw new Error(`${attempt}: the answer is none of Vault’s: check the address`);
}

function complaintOf({ body }: HttpAnswer): string {
  const parsed = Complaint.safeParse(parseJson(body));
  if (!parsed.success) return 'and did not say why';
  return printable(parsed.data.errors.join('; ')).replaceAll(/\s+/g, ' ').replace(/\.$/, '');
}

function remedyOf(status: number): string {
  if (status === 403) return 'check the token and its policies';
  if (status === 404) return 'check the path';
  if (status === 503) return 'unseal it';
  return status >= 500 ? 'look at its log' : 'correct what is declared';
}
