/** The transport against a server in this process, since no real one fails on demand. */
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpsTransport } from '../../../src/kubernetes/https.ts';
import type { Exchange } from '../../../src/kubernetes/transport.ts';
import { realClock } from '../../../src/controller/clock.ts';

let server: Server;
let requests: string[];
let connections: number;
let refusals: number;
let exchanges: Exchange[];
const open: HttpsTransport[] = [];
const servers: Server[] = [];

/** A server that answers in turn, the last answer for ever. */
async function serverThat(...answers: RequestListener[]): Promise<HttpsTransport> {
  requests = [];
  exchanges = [];
  connections = refusals = 0;
  server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    answers[Math.min(requests.length, answers.length) - 1]?.(request, response);
  });
  servers.push(server);
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const transport = new HttpsTransport({
    credentials: {
      current: () =>
        Promise.resolve({
          server: new URL(`http://127.0.0.1:${port}/below`),
          headers: { Authorization: `token-${refusals}` },
          tls: {},
          proxy: undefined,
        }),
      refused: () => refusals++,
    },
    // Waits between attempts are as good as none, the time for an attempt is real.
    clock: { ...realClock, setTimer: (fn, ms) => realClock.setTimer(fn, ms >= 200 ? ms : 0) },
    random: () => 0,
    limits: { attempt: 250, request: 5000 },
    onExchange: (exchange) => exchanges.push(exchange),
  });
  open.push(transport);
  return transport;
}

const saying =
  (status: number, body: string, headers = {}): RequestListener =>
  (_, response) =>
    response.writeHead(status, headers).end(body);
const OK = saying(200, '{"kind":"Thing"}');
const hanging: RequestListener = () => undefined;
const closing: RequestListener = (request) => request.socket.destroy();
const dripping: RequestListener = (_, response) => {
  const timer = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(timer));
};
const ask = (method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE') =>
  ({ attempt: 'do it', method, path: '/x', query: { a: 'b c', none: undefined } }) as const;

afterEach(() => {
  for (const transport of open.splice(0)) transport.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

describe('a request', () => {
  it('goes below the path of the server, and tells of itself', async () => {
    const transport = await serverThat(OK);
    expect(await transport.request(ask('GET'))).toEqual({ kind: 'Thing' });
    expect(requests).toEqual(['GET /below/x?a=b+c token-0']);
    expect(exchanges).toEqual([
      { method: 'GET', path: '/x', isWatch: false, status: 200, milliseconds: expect.any(Number) },
    ]);
  });

  it.each([
    ['is too busy', saying(429, '')],
    ['fails', saying(500, '')],
    ['is not there behind what is', saying(502, '')],
    ['is about to end', saying(503, '')],
    ['is too slow for what is before it', saying(504, '')],
    ['closes the connection', closing],
    ['does not answer', hanging],
    ['answers for ever', dripping],
  ])('is sent again when the server %s, where that is safe', async (_, failure) => {
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'] as const) {
      const transport = await serverThat(failure, OK);
      expect(await transport.request(ask(method))).toEqual({ kind: 'Thing' });
      expect(requests).toHaveLength(2);
    }
  });

  it.each([
    ['fails', saying(500, ''), 'do it: the API server answered 500, and did not say why: look at its log'],
    ['closes the connection', closing, /^do it: reach http:\S+: it closed the connection: check the address/],
    ['does not answer', hanging, /^do it: reach http:\S+: no answer within 0.25 s: check the address/],
  ])('that makes something is not sent again when the server %s', async (_, failure, message) => {
    const transport = await serverThat(failure, OK);
    await expect(transport.request(ask('POST'))).rejects.toThrow(message);
    expect(requests).toHaveLength(1);
  });

  it('that makes something is sent again where the server has not begun with it', async () => {
    const transport = await serverThat(saying(429, ''), OK);
    expect(await transport.request(ask('POST'))).toEqual({ kind: 'Thing' });
  });

  it.each([400, 403, 404, 409, 410, 422])('is not sent again after %i', async (status) => {
    const transport = await serverThat(saying(status, ''));
    await expect(transport.request(ask('GET'))).rejects.toMatchObject({ status });
    expect(requests).toHaveLength(1);
  });

  it('is sent five times at most', async () => {
    const transport = await serverThat(saying(503, ''));
    await expect(transport.request(ask('GET'))).rejects.toMatchObject({ status: 503 });
    expect(requests).toHaveLength(5);
  });

  it('does not wait for longer than it may take in all', async () => {
    const transport = await serverThat(saying(429, '', { 'Retry-After': '60' }));
    await expect(transport.request(ask('GET'))).rejects.toMatchObject({ status: 429, retryAfter: 60_000 });
    expect(requests).toHaveLength(1);
  });

  it('is sent once more with credentials that are read again when they are refused', async () => {
    const transport = await serverThat(saying(401, ''), OK);
    await transport.request(ask('POST'));
    expect(requests).toEqual(['POST /below/x?a=b+c token-0', 'POST /below/x?a=b+c token-1']);
    const other = await serverThat(saying(401, ''));
    await expect(other.request(ask('GET'))).rejects.toThrow('renew the credentials');
    expect(requests).toHaveLength(2);
  });

  it('ends with the reason of who calls it off', async () => {
    const transport = await serverThat(hanging);
    const off = new AbortController();
    const asked = transport.request(ask('GET'), off.signal);
    off.abort(new Error('called off'));
    await expect(asked).rejects.toThrow('called off');
  });

  it('says what it was told, in one line', async () => {
    const said = { kind: 'Status', reason: 'Invalid', message: 'no\n\x1b[31mgood.' };
    const transport = await serverThat(saying(422, JSON.stringify(said)));
    await expect(transport.request(ask('POST'))).rejects.toMatchObject({
      message: 'do it: the API server answered 422, no [31mgood: correct what was sent',
      reason: 'Invalid',
    });
    const other = await serverThat(saying(200, '<html>'));
    await expect(other.request(ask('GET'))).rejects.toThrow('do it: the answer is no JSON');
  });

  it('uses the connection of the one before, also after a refusal', async () => {
    const transport = await serverThat(OK, saying(404, '{"kind":"Status","reason":"NotFound"}'), OK);
    await transport.request(ask('GET'));
    await expect(transport.request(ask('GET'))).rejects.toMatchObject({ reason: 'NotFound' });
    await transport.request(ask('GET'));
    expect(connections).toBe(1);
  });
});

describe('a stream', () => {
  const collect = async (lines: AsyncIterable<string>): Promise<string[]> => {
    const all: string[] = [];
    for await (const line of lines) all.push(line);
    return all;
  };
  const never = new AbortController().signal;

  it('gives whole lines, however they come, and drops one that was cut', async () => {
    const text = Buffer.from('{"a":"ü"}\n\n{"b":1}\n{"cut"');
    const trickle = async (response: ServerResponse): Promise<void> => {
      for (const byte of text) await new Promise((resolve) => response.write(Buffer.of(byte), resolve));
      response.end();
    };
    const transport = await serverThat((_, response) => void trickle(response));
    expect(await collect(await transport.stream(ask('GET'), never))).toEqual(['{"a":"ü"}', '{"b":1}']);
  });

  it('lives longer than an attempt may take to begin', async () => {
    const transport = await serverThat((_, response) => {
      response.write('1\n');
      setTimeout(() => response.end('2\n'), 400);
    });
    expect(await collect(await transport.stream(ask('GET'), never))).toEqual(['1', '2']);
  });

  it.each([
    ['is refused', saying(410, ''), { status: 410 }],
    ['does not begin', hanging, { status: 0, message: expect.stringContaining('no answer within 0.25 s') }],
  ])('that %s is an error, and is not tried again', async (_, answer, error) => {
    const transport = await serverThat(answer);
    await expect(transport.stream(ask('GET'), never)).rejects.toMatchObject(error);
    expect(requests).toHaveLength(1);
  });

  it('that breaks is an error, and one that is called off ends with the reason', async () => {
    const transport = await serverThat((_, response) => {
      response.write('1\n', () => response.destroy());
    });
    const broken = collect(await transport.stream(ask('GET'), never));
    await expect(broken).rejects.toMatchObject({ status: 0, name: 'ApiError' });
    const other = await serverThat((_, response) => void response.write('1\n'));
    const off = new AbortController();
    const lines = collect(await other.stream(ask('GET'), off.signal));
    off.abort(new Error('called off'));
    await expect(lines).rejects.toThrow('called off');
  });
});
