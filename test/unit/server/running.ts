/** A server on real sockets in a directory of its own, and one request to it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { serveAgent, type AgentServerOptions, type RunningServer } from '../../../src/server/serve.ts';
import type { ToldView } from './view.ts';

export interface Running extends RunningServer {
  readonly directory: string;
  /** Lines that were logged. */
  readonly log: string[];
}

const opened: Running[] = [];

export async function run(view: ToldView, more: Partial<AgentServerOptions> = {}): Promise<Running> {
  const directory = more.directory ?? join(mkdtempSync(join(tmpdir(), 'server-')), 'run');
  const log: string[] = [];
  const logger = {
    log: (level: string, message: string) => void log.push(`${level} ${message}`),
    with: () => logger,
  };
  const page = [{ path: '/', contentType: 'text/html; charset=utf-8', body: '<!doctype html>' }];
  const server = await serveAgent({ view, page, collectors: [], ports: [], directory, logger, ...more });
  const running = { ...server, directory, log };
  opened.push(running);
  return running;
}

export async function closeAll(): Promise<void> {
  for (const server of opened.splice(0)) {
    await server.close();
    rmSync(join(server.directory, '..'), { recursive: true, force: true });
  }
}

export interface Way {
  readonly socketPath?: string;
  readonly port?: number;
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export async function ask(way: Way): Promise<Answer> {
  const response = await open(way);
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}

/** The answer while it still comes. */
export function open({ body, headers = {}, ...way }: Way): Promise<IncomingMessage> {
  const type = body === undefined ? {} : { 'Content-Type': 'application/json' };
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', agent: false, ...way, headers: { ...type, ...headers } }, resolve)
      .on('error', reject)
      .end(body);
  });
}

/** Waits until `condition` holds. Throws after ten seconds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > deadline)
      throw new Error(`waiting for ${condition.toString()}: not so within ten seconds`);
    await setImmediate();
  }
}
