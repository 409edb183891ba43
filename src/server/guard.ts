/**
 * What keeps other sites' pages out, for a socket may be forwarded to a browser (`ssh -L 8080:/run/workstation/agent.sock`).
 * Such a page can make the browser send requests here; it cannot choose their Host, Origin or Content-Type freely.
 */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { Refusal } from './refusal.ts';

/**
 * @param names this server may be called by, beside localhost and addresses
 * @throws Refusal
 */
export function refuseForeign({ method, headers }: IncomingMessage, names: ReadonlySet<string>): void {
  const { host = '', origin } = headers;
  // A name that its owner lets point here later (DNS rebinding) is some other name; an address is none.
  if (!isOwnName(host, names)) {
    throw new Refusal(421, 'ask by an address or as localhost: the Host header names another site');
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    throw new Refusal(403, 'ask from this site: the Origin header names another one');
  }
  // No form sends this type, and a script of another site must ask first, which is not answered.
  if (method === 'POST' && headers['content-type']?.split(';', 1)[0]?.trim() !== 'application/json') {
    throw new Refusal(415, 'read the request: its Content-Type must be application/json');
  }
}

function isOwnName(host: string, names: ReadonlySet<string>): boolean {
  const name = host.replace(/:\d{1,5}$/, '');
  return name === 'localhost' || names.has(name) || isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
}
