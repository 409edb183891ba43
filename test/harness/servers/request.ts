import { request } from 'node:https';
import { text } from 'node:stream/consumers';

export interface Answer {
  readonly status: number;
  /** Parsed JSON, or the text when it is none. */
  readonly body: unknown;
}

export interface Access {
  readonly host: string;
  readonly port: number;
  readonly ca: string;
  readonly token: string;
}

/** One HTTPS request on a connection of its own. */
export function send(
  { host, port, ca, token }: Access,
  method: string,
  path: string,
  body?: unknown,
  contentType = 'application/json',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': contentType };
    const options = { host, port, path, method, ca, headers, agent: false } as const;
    const outgoing = request(options, (incoming) => {
      text(incoming)
        .then((answer) => resolve({ status: incoming.statusCode ?? 0, body: parsed(answer) }))
        .catch(reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
  });
}

function parsed(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return answer;
  }
}
