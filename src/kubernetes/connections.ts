/** Connections that are kept and used again: a handshake costs more than most requests. */
import * as http from 'node:http';
import * as https from 'node:https';
import type { Access } from './credentials.ts';

/** Milliseconds of silence on a connection after which the kernel asks the other side whether it is there. */
const PROBE_AFTER = 30_000;

export class Connections {
  #current: { readonly agent: http.Agent; readonly madeFor: string } | undefined;

  /** The connections that `access` may use. What it needs of TLS is in their making, so other needs get others. */
  for(access: Access): http.Agent {
    const madeFor = needsOf(access);
    if (this.#current?.madeFor !== madeFor) {
      this.dropIdle();
      this.#current = { agent: agentFor(access), madeFor };
    }
    return this.#current.agent;
  }

  /** Closes those that nothing uses at the moment: after one of them turned out dead, the others may be too. */
  dropIdle(): void {
    for (const sockets of Object.values(this.#current?.agent.freeSockets ?? {})) {
      for (const socket of sockets ?? []) socket.destroy();
    }
  }

  /** Closes all, in use or not. */
  close(): void {
    this.#current?.agent.destroy();
    this.#current = undefined;
  }
}

function needsOf({ server, tls }: Access): string {
  const { ca, cert, key, servername, rejectUnauthorized } = tls;
  return [server.origin, ca, cert, key, servername, rejectUnauthorized].map(String).join('\n');
}

function agentFor({ server, tls, proxy }: Access): http.Agent {
  const options = { keepAlive: true, keepAliveMsecs: PROBE_AFTER };
  // client-node makes the agent of a proxy and does not let it keep connections; Node looks at this field when one is free.
  if (proxy !== undefined) return Object.assign(proxy, { keepAlive: true });
  if (server.protocol === 'http:') return new http.Agent(options);
  return new https.Agent({ ...options, ...given(tls) });
}

/** Without what is undefined, which Node would take for a setting. */
function given(tls: Access['tls']): Access['tls'] {
  return Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined));
}
