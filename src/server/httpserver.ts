/**
 * HTTP with limits: on headers, bodies, time and connections. Whatever is wrong with a request gets its status and a
 * sentence as JSON; whatever goes wrong here is logged, and costs nobody but its asker.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from '../telemetry/logger.ts';
import { answerRefusal, JSON_TYPE, protect } from './answer.ts';
import type { Asker } from './asker.ts';
import { refuseForeign } from './guard.ts';
import { Refusal } from './refusal.ts';
import { findRoute, type Route } from './route.ts';

const LIMITS = {
  /** Bytes of a request line and headers. */
  maxHeaderSize: 8 * 1024,
  /** Milliseconds for the headers, for a whole request, and between two of them. */
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  keepAliveTimeout: 10_000,
  connectionsCheckingInterval: 10_000,
} as const;

/** Enough for every screen that somebody may have open. */
const MAX_CONNECTIONS = 128;

export interface HttpOptions {
  readonly routes: readonly Route[];
  /** Who asks through the socket that the server itself listens on. */
  readonly asker: Asker;
  /** What the server may be called in a Host header, beside localhost and addresses. */
  readonly names?: ReadonlySet<string>;
  readonly logger: Logger;
}

export class HttpServer {
  readonly server: Server;
  /** Whoever came in by another way than this server's own. */
  readonly #askers = new WeakMap<Socket, Asker>();
  readonly #options: HttpOptions;

  constructor(options: HttpOptions) {
    this.#options = options;
    this.server = createServer(LIMITS, (request, response) => void this.#serve(request, response));
    this.server.maxConnections = MAX_CONNECTIONS;
    this.server.on('clientError', answerBroken);
    // Out of file descriptors, say: one connection is lost, and the next one may be served.
    this.server.on('error', ({ message }) =>
      options.logger.log('warning', `accept a connection: ${message}`),
    );
  }

  /** Serves somebody who came in by another way; only while `server` listens, since it watches the times. */
  admit(socket: Socket, asker: Asker): void {
    this.#askers.set(socket, asker);
    this.server.emit('connection', socket);
  }

  /** Lets go of everybody at once: nothing that is asked for here takes long, but for watching. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => void this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    protect(response);
    const { routes, names = new Set() } = this.#options;
    try {
      refuseForeign(request, names);
      const asker = this.#askers.get(request.socket) ?? this.#options.asker;
      const { path, query } = targetOf(request.url ?? '');
      const { route, rest } = findRoute(routes, request.method ?? '', path, asker);
      await route.handle({ asker, request, response, query, rest });
    } catch (error) {
      this.#refuse(request, response, error);
    }
  }

  #refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    // Whatever is left of the body is not read, so nothing can follow it.
    if (!request.complete) response.setHeader('Connection', 'close');
    if (error instanceof Refusal) {
      answerRefusal(response, error);
      return;
    }
    const message = error instanceof Error ? error.message : String(error);
    this.#options.logger.log('error', `answer ${request.method} ${request.url}: ${message}`);
    answerRefusal(response, new Refusal(500, 'answer: the agent failed, see its log'));
  }
}

/** What is said of people is said of the path; a whole URL in the request line is for proxies. */
function targetOf(url: string): { readonly path: string; readonly query: URLSearchParams } {
  if (!url.startsWith('/')) throw new Refusal(400, 'read the request: its target must be a path');
  const [path = '', query = ''] = url.split('?', 2);
  return { path, query: new URLSearchParams(query) };
}

const BROKEN: Readonly<Record<string, readonly [status: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    `its headers are larger than ${LIMITS.maxHeaderSize} bytes`,
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'it did not come to its end in time'],
};

/** There is no request yet that could be answered in the usual way. */
function answerBroken(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, found] = BROKEN[error.code ?? ''] ?? ['400 Bad Request', 'it is no HTTP'];
  const body = `${JSON.stringify({ error: `read the request: ${found}` })}\n`;
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: ${JSON_TYPE}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
}
