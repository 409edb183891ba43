/** Serves the page with the headers of the agent's server, and statuses that a test gives; answers that fail are its own. */
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { createServer, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { StatusView } from '../../../src/agent/view.ts';
import { answer, protect } from '../../../src/server/answer.ts';
import { page } from '../../../src/server/page/index.ts';
import { visit } from '../../harness/browser.ts';

/** Opens the page over a status, and waits until it shows one. */
export async function openPage(browser: Browser, status: StatusView, options: BrowserContextOptions = {}) {
  const server = await servePage(status);
  const seen = await visit(browser, server.url, options);
  await seen.page.getByRole('status').getByText('Live').waitFor();
  return { server, seen, page: seen.page };
}

export async function servePage(first: StatusView) {
  const assets = new Map(page().map((asset) => [asset.path, asset]));
  const streams = new Set<ServerResponse>();
  let status = first;
  let mood: 'stream' | 'refuse' = 'stream';
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (request.url === '/v1/stream' && mood === 'refuse') return void response.writeHead(503).end('not now');
    if (request.url === '/v1/stream') return stream(response);
    const asset = assets.get(request.url ?? '');
    if (asset === undefined) return void response.writeHead(404).end();
    protect(response);
    answer(response, 200, asset.contentType, asset.body);
  });
  const stream = (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    streams.add(response);
    response.on('close', () => streams.delete(response));
    say(response, status);
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    requests,
    /** How many pages listen. */
    listeners: () => streams.size,
    tell(next: StatusView) {
      status = next;
      for (const response of streams) say(response, next);
    },
    /** Any text on the stream, as it stands. */
    raw(text: string) {
      for (const response of streams) response.write(text);
    },
    /** Ends every stream; from now on `next` is what a new one gets. */
    drop(next: typeof mood) {
      mood = next;
      for (const response of streams) response.destroy();
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function say(response: ServerResponse, status: StatusView): void {
  response.write(`data: ${JSON.stringify(status)}\n\n`);
}
