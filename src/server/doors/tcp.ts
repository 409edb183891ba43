/** Ports: off unless asked for, and then for this machine alone unless asked for others too. */
import { isIP, type Server } from 'node:net';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * `HOST:PORT`, where HOST is an address, an IPv6 one in brackets, or localhost.
 * @throws Error with a sentence when it is something else, or can be reached from other machines without `remote`
 */
export function parseAddress(text: string, { remote }: { readonly remote: boolean }): Address {
  const [, bracketed, plain = '', port = ''] =
    /^(?:\[([\dA-Fa-f:.]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? (plain === 'localhost' ? '127.0.0.1' : plain);
  if (port === '' || Number(port) > 65_535 || isIP(host) === 0) {
    throw new Error(
      `listen on ${text}: it is no address, give HOST:PORT such as 127.0.0.1:9469 or [::1]:9469`,
    );
  }
  if (!remote && !isLoopback(host)) {
    throw new Error(
      `listen on ${text}: other machines could ask there too, give a loopback address, or allow that with --allow-remote`,
    );
  }
  return { host, port: Number(port) };
}

function isLoopback(host: string): boolean {
  return host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Resolves with the port, which the system chooses where 0 is asked for. */
export function listenOn(server: Server, { host, port }: Address): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (cause: Error): void =>
      reject(new Error(`listen on ${host}:${port}: ${cause.message}`, { cause }));
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
