import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ask, closeAll, run, until, type Running } from './running.ts';
import { ToldView } from './view.ts';

let server: Running;
let socketPath = '';
beforeAll(async () => {
  server = await run(new ToldView());
  socketPath = join(server.directory, 'agent.sock');
});
afterAll(closeAll);

/** What comes back on a connection that says exactly this. */
async function say(...pieces: readonly string[]): Promise<string> {
  const socket = connect(socketPath);
  for (const piece of pieces) socket.write(piece);
  return text(socket);
}

describe('a request that is no proper one gets its status and a sentence', () => {
  it.each([
    ['no HTTP at all', 'hello\r\n\r\n', '400 Bad Request', 'read the request: it is no HTTP'],
    [
      'headers without end',
      `GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(9000)}\r\n\r\n`,
      '431 Request Header Fields Too Large',
      'read the request: its headers are larger than 8192 bytes',
    ],
    [
      'a whole URL, as for a proxy',
      'GET http://localhost/healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
      '400 Bad Request',
      'read the request: its target must be a path',
    ],
  ])('%s', async (_, request, status, message) => {
    const answer = await say(request);
    expect(answer).toMatch(`HTTP/1.1 ${status}\r\n`);
    expect(answer).toContain(`\r\n\r\n${JSON.stringify({ error: message })}\n`);
  });

  it('no Host', async () => {
    expect(await say('GET /healthz HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
  });

  it('a body that is too large, without reading it to its end', async () => {
    const head = 'POST /v1/approve HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
    const answer = await say(`${head}Content-Length: 100000000\r\n\r\n`, 'x'.repeat(5000));
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(answer).toMatch(/^Connection: close\r$/m);
  });

  it('and the next one is served', async () => {
    expect((await ask({ socketPath, path: '/healthz' })).status).toBe(200);
    expect(server.log).toEqual([]);
  });
});

it('More connections than a page or two need are refused, and others are served again once they end', async () => {
  const sockets: Socket[] = [];
  let isRefused = false;
  while (!isRefused && sockets.length < 200) {
    const socket = connect(socketPath);
    sockets.push(socket);
    // A connection that is refused may end before the request is written.
    socket.on('error', () => undefined);
    socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    isRefused = await new Promise<boolean>((resolve) => {
      socket.once('data', () => resolve(false)).once('close', () => resolve(true));
    });
  }
  expect(sockets).toHaveLength(129);
  for (const socket of sockets) socket.destroy();
  await until(
    async () => (await ask({ socketPath, path: '/healthz' }).catch(() => undefined))?.status === 200,
  );
});
