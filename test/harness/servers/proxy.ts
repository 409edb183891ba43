/**
 * A proxy before a real API server, in the server's name, that does to requests what networks and busy servers do. The faults
 * are its own, everything else is the server's: it answers what a server answers only when it is too busy to be real.
 */
import { createServer, request as ask } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import type { Apiserver } from './kubernetes.ts';
import { kubeconfigOf } from './kubernetes.ts';

/** What becomes of a request; as it should be when it is undefined. */
export type Fault =
  /** An answer that is not the server's. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body: string;
    }
  /** No answer, on a connection that stays open. */
  | { readonly kind: 'hang' }
  /** The connection is closed without an answer. */
  | { readonly kind: 'reset' }
  /** So many bytes of the answer, and then the connection is closed. */
  | { readonly kind: 'cut'; readonly after: number }
  /** The answer byte by byte, with so many milliseconds between them. */
  | { readonly kind: 'drip'; readonly every: number };

export interface FaultProxy {
  readonly url: string;
  /** TLS connections that were made to it so far. */
  readonly handshakes: number;
  /** `METHOD PATH?QUERY` of every request so far. */
  readonly requests: readonly string[];
  /** Decides for each request from now on. */
  fault: (request: string) => Fault | undefined;
  /** From now on nothing passes on the connections that are open, in either direction; they stay open. */
  freeze(): void;
  /** Closes the connections that are open. */
  cut(): void;
  /** Ends the watches that are open as a server does when their time is up. */
  endWatches(): void;
  /** Writes a kubeconfig of an administrator, for this proxy, at `path`. */
  writeKubeconfig(path: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startProxy(server: Apiserver): Promise<FaultProxy> {
  const sockets = new Set<Socket>();
  const frozen = new WeakSet<Socket>();
  const requests: string[] = [];
  const watches = new Set<ServerResponse>();
  let handshakes = 0;
  let fault: FaultProxy['fault'] = () => undefined;
  const front = createServer({ key: server.servingKey, cert: server.ca }, (incoming, outgoing) => {
    const line = `${incoming.method} ${incoming.url}`;
    requests.push(line);
    if (line.includes('watch=true')) {
      watches.add(outgoing);
      outgoing.on('close', () => watches.delete(outgoing));
    }
    const isFrozen = () => frozen.has(incoming.socket);
    if (isFrozen()) return;
    serve(server, incoming, outgoing, fault(line), isFrozen);
  });
  front.on('secureConnection', (socket: Socket) => {
    handshakes++;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  const url = `https://127.0.0.1:${(front.address() as AddressInfo).port}`;
  return {
    url,
    requests,
    get handshakes() {
      return handshakes;
    },
    get fault() {
      return fault;
    },
    set fault(decide) {
      fault = decide;
    },
    freeze: () => {
      for (const socket of sockets) frozen.add(socket);
    },
    endWatches: () => {
      for (const watch of watches) watch.end();
    },
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    writeKubeconfig: (path) =>
      writeFile(path, kubeconfigOf(url, server.ca, server.adminToken), { mode: 0o600 }),
    stop: async () => {
      front.closeAllConnections();
      front.close();
      await once(front, 'close');
    },
  };
}

function serve(
  server: Apiserver,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  fault: Fault | undefined,
  isFrozen: () => boolean,
): void {
  if (fault?.kind === 'hang') return;
  if (fault?.kind === 'reset') {
    incoming.socket.destroy();
    return;
  }
  if (fault?.kind === 'answer') {
    outgoing
      .writeHead(fault.status, { 'Content-Type': 'application/json', ...fault.headers })
      .end(fault.body);
    return;
  }
  const { method, headers } = incoming;
  const onward = ask(`${server.url}${incoming.url}`, { method, headers, ca: server.ca, agent: false });
  onward.on('error', () => isFrozen() || outgoing.destroy());
  onward.on('response', (answer) => {
    if (isFrozen()) return;
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
    outgoing.flushHeaders();
    forward(answer, outgoing, fault, isFrozen).catch(() => isFrozen() || outgoing.destroy());
  });
  outgoing.on('close', () => onward.destroy());
  incoming.pipe(onward);
}

async function forward(
  answer: IncomingMessage,
  outgoing: ServerResponse,
  fault: Fault | undefined,
  isFrozen: () => boolean,
): Promise<void> {
  let left = fault?.kind === 'cut' ? fault.after : Infinity;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    if (isFrozen() || outgoing.writableEnded) return;
    if (chunk.length > left) {
      outgoing.write(chunk.subarray(0, left), () => outgoing.destroy());
      return;
    }
    left -= chunk.length;
    if (fault?.kind !== 'drip') outgoing.write(chunk);
    else for (const byte of chunk) await setTimeout(fault.every, outgoing.write(Buffer.of(byte)));
  }
  if (!isFrozen()) outgoing.end();
}
