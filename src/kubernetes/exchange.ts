/** One request on the wire, and the answer as it comes. */
import * as http from 'node:http';
import * as https from 'node:https';
import { StringDecoder } from 'node:string_decoder';
import type { Access } from './credentials.ts';
import type { ApiRequest } from './transport.ts';

/** Sends it; resolves when the answer begins. Aborting `signal` breaks it off, also while the answer is read. */
export function exchange(
  access: Access,
  agent: http.Agent,
  request: ApiRequest,
  signal: AbortSignal,
): Promise<http.IncomingMessage> {
  const content = request.body === undefined ? undefined : JSON.stringify(request.body);
  const headers = {
    Accept: 'application/json',
    'User-Agent': 'workstation',
    ...access.headers,
    ...(content !== undefined && {
      'Content-Type': request.contentType ?? 'application/json',
      'Content-Length': Buffer.byteLength(content),
    }),
  };
  const client = access.server.protocol === 'http:' ? http : https;
  return new Promise((resolve, reject) => {
    const options = { method: request.method, headers, agent, signal };
    const outgoing = client.request(urlOf(access.server, request), options, resolve);
    outgoing.on('error', reject);
    outgoing.end(content);
  });
}

/** Below the path of the server, if it has one. */
function urlOf(server: URL, { path, query = {} }: ApiRequest): URL {
  const url = new URL(server.pathname.replace(/\/$/, '') + path, server);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

/** The lines of an answer, each as soon as it is whole. An unfinished one at the end is dropped: it was cut. */
export async function* linesOf(answer: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  /** What has come of a line that is not whole yet. */
  let begun: string[] = [];
  for await (const chunk of answer) {
    const [first = '', ...others] = decoder.write(chunk).split('\n');
    begun.push(first);
    for (const next of others) {
      const line = begun.join('');
      begun = [next];
      if (line !== '') yield line;
    }
  }
}
