import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Vault } from '../../../../src/host/vault/client.ts';

const TOKEN = 'hvs.own-token';
const WANTED = { policies: ['p'], period: '1h', displayName: 'ada' };

let server: Server;
let requests: string[];

/** A server that answers in turn, the last answer for ever. */
async function vaultThat(...answers: RequestListener[]): Promise<Vault> {
  requests = [];
  server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const answer = answers[Math.min(requests.length, answers.length) - 1];
    answer?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return new Vault({
    address: new URL(`http://127.0.0.1:${port}/`),
    token: TOKEN,
    timeout: 300,
    pauses: [1, 1],
  });
}

const saying =
  (status: number, body: string): RequestListener =>
  (_, response) =>
    response.writeHead(status).end(body);
const FOUND = saying(200, '{"data":{"display_name":"d","policies":[],"ttl":1}}');
const hanging: RequestListener = () => undefined;

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

describe('Vault that fails', () => {
  it.each([
    ['is sealed', saying(503, '{"errors":["Vault is sealed"]}')],
    ['is overwhelmed', saying(429, '')],
    ['closes the connection', ((request) => request.socket.destroy()) satisfies RequestListener],
    ['does not answer', hanging],
  ])('is asked again when it %s, where that is safe', async (_, failure) => {
    const vault = await vaultThat(failure, FOUND);
    expect(await vault.lookupSelf()).toEqual({ displayName: 'd', policies: [], ttl: 1 });
    expect(requests).toHaveLength(2);
  });

  it('is asked three times at most', async () => {
    const vault = await vaultThat(saying(500, '{"errors":["internal"]}'));
    await expect(vault.lookupSelf()).rejects.toThrow(
      'look the Vault token up: Vault answered 500, internal: look at its log',
    );
    expect(requests).toHaveLength(3);
  });

  it('is asked once where it has refused', async () => {
    const vault = await vaultThat(saying(403, '{"errors":["permission denied"]}'));
    await expect(vault.lookupSelf()).rejects.toThrow('check the token and its policies');
    expect(requests).toHaveLength(1);
  });

  it.each([
    [
      'is sealed',
      saying(503, ''),
      'mint a token for ada: Vault answered 503, and did not say why: unseal it',
    ],
    [
      'does not answer',
      hanging,
      /^mint a token for ada: reach http:\S+: no answer within 0.3 s: check the address/,
    ],
    [
      'is something else',
      saying(200, '<html>'),
      'mint a token for ada: the answer is none of Vault’s: check the address',
    ],
  ])('is asked for a token once, whatever happens: it %s', async (_, failure, message) => {
    const vault = await vaultThat(failure);
    await expect(vault.createOrphanToken(WANTED)).rejects.toThrow(message);
    expect(requests).toEqual(['POST /v1/auth/token/create-orphan']);
  });

  it('is no way for its token to get into an error', async () => {
    const vault = await vaultThat(saying(400, JSON.stringify({ errors: [`bad token ${TOKEN}\n\x1b[2J`] })));
    await expect(vault.lookupSelf()).rejects.toThrow(
      'Vault answered 400, bad token …: correct what is declared',
    );
  });
});

describe('a token that is being minted', () => {
  it('is waited for when the pass is interrupted, so that somebody knows it', async () => {
    const interruption = new AbortController();
    const vault = await vaultThat((_, response) => {
      interruption.abort();
      response.end('{"auth":{"client_token":"t","accessor":"a"}}');
    });
    expect(await vault.createOrphanToken(WANTED, interruption.signal)).toEqual({ token: 't', accessor: 'a' });
    await expect(vault.createOrphanToken(WANTED, interruption.signal)).rejects.toThrow('aborted');
    expect(requests).toHaveLength(1);
  });
});
