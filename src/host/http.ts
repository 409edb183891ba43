/**
 * One request to a server whose certificate an authority of its own may have signed. Node's fetch cannot be given an
 * authority or a client certificate for one request, so this stands on node:https.
 *
 * - It ends: in time, or when the answer grows too large.
 * - No redirect is followed, so no token goes to where it was not meant for.
 */
import type { IncomingMessage } from 'node:http';
import type * as https from 'node:https';
import { printable } from './programs/output.ts';

/** PEM; what is left out is the system's, or not used. */
export interface Tls {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: object;
  readonly tls?: Tls;
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  /** UTF-8. */
  readonly body: string;
}

/** Bytes: far more than any answer that is asked for. */
const LARGEST = 4 * 2 ** 20;

/** @throws Error with a sentence when there is no answer, and the reason of `signal` when that fires */
export async function send(request: HttpRequest): Promise<HttpAnswer> {
  const { url, timeout, signal } = request;
  const limit = AbortSignal.timeout(timeout);
  try {
    return await exchange(request, signal === undefined ? limit : AbortSignal.any([signal, limit]));
  } catch (cause) {
    signal?.throwIfAborted();
    const found = limit.aborted
      ? `no answer within ${timeout / 1000} s`
      : whyNot(cause as NodeJS.ErrnoException);
    throw new Error(`reach ${url.origin}: ${found}`, { cause });
  }
}

async function exchange(
  { method, url, headers, body, tls }: HttpRequest,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const content = body === undefined ? undefined : JSON.stringify(body);
  const type = content === undefined ? {} : { 'Content-Type': 'application/json' };
  const options: https.RequestOptions = {
    method,
    headers: { ...headers, ...type },
    agent: false,
    signal,
    ...tls,
  };
  const { request } = await clientFor(url);
  const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = request(url, options, resolve);
    outgoing.on('error', reject);
    outgoing.end(content);
  });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST) throw new Error(`its answer is larger than ${LARGEST} bytes`);
    chunks.push(chunk);
  }
  return { status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString() };
}

/** Imported when they are needed: Node loads its whole fetch along with them, a tenth of a start of this program. */
function clientFor({ protocol }: URL): Promise<Pick<typeof https, 'request'>> {
  return protocol === 'https:' ? import('node:https') : import('node:http');
}

const CODES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'it refuses connections',
  ECONNRESET: 'it closed the connection',
  ENOTFOUND: 'no such host is known',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
};

function whyNot({ code, message }: NodeJS.ErrnoException): string {
  return CODES[code ?? ''] ?? printable(message);
}
