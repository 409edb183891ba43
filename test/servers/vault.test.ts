import { vaultFromEnvironment } from '../../src/host/vault/environment.ts';
import type { Vault as Client } from '../../src/host/vault/client.ts';
import { describeServers } from '../harness/requirements.ts';
import { startVault, type Vault } from '../harness/servers/vault.ts';

const WANTED = { policies: ['workstation-ada'], period: '768h', displayName: 'workstation-ada' };

let server: Vault;

function clientWith(token: string): Client {
  const env = { VAULT_ADDR: server.address, VAULT_TOKEN: token };
  const client = vaultFromEnvironment({ env, readFile: () => undefined });
  if (client === undefined) throw new Error('no client');
  return client;
}

describeServers('Vault', ['vault'], () => {
  beforeAll(async () => {
    server = await startVault();
  });
  afterAll(() => server.stop());

  it('mints a periodic orphan token with exactly the policies asked for', async () => {
    const { token, accessor } = await clientWith(server.rootToken).createOrphanToken(WANTED);
    const { body } = await server.request('GET', 'auth/token/lookup-self', undefined, token);
    expect(body).toMatchObject({
      data: {
        accessor,
        orphan: true,
        renewable: true,
        period: 768 * 3600,
        policies: ['default', 'workstation-ada'],
        display_name: 'token-workstation-ada',
      },
    });
    expect(await clientWith(token).lookupSelf()).toMatchObject({
      displayName: 'token-workstation-ada',
      policies: ['default', 'workstation-ada'],
    });
  });

  it('revokes a token by its accessor, and again without complaint', async () => {
    const client = clientWith(server.rootToken);
    const { token, accessor } = await client.createOrphanToken(WANTED);
    await client.revokeAccessor(accessor);
    await expect(clientWith(token).lookupSelf()).rejects.toThrow(
      'look the Vault token up: Vault answered 403, 2 errors occurred: * permission denied * invalid token: check the token and its policies',
    );
    await client.revokeAccessor(accessor);
  });

  it('gives a field of a secret, be it an object or text', async () => {
    const data = { tiers: { ada: { role: 'power-user' } }, text: '{"ada":"admin"}' };
    await server.request('POST', 'secret/data/team/platform', { data });
    const client = clientWith(server.rootToken);
    expect(await client.readKv2('secret/team/platform', 'tiers')).toEqual(data.tiers);
    expect(await client.readKv2('secret/team/platform', 'text')).toBe(data.text);
    await expect(client.readKv2('secret/team/platform', 'gone')).rejects.toThrow(
      'read the secret secret/team/platform: it has no field "gone": add it',
    );
  });

  it.each([
    ['a secret that is not there', 'secret/gone', 'Vault answered 404, and did not say why: check the path'],
    [
      'a mount that is not there',
      'gone/gone',
      'Vault answered 404, no handler for route "gone/data/gone". route entry not found: check the path',
    ],
  ])('says so of %s', async (_, path, message) => {
    await expect(clientWith(server.rootToken).readKv2(path, 'x')).rejects.toThrow(
      `read the secret ${path}: ${message}`,
    );
  });

  it('refuses who may not mint, and what it cannot mint, in words and without a token in them', async () => {
    const { token } = await clientWith(server.rootToken).createOrphanToken(WANTED);
    const denied = clientWith(token).createOrphanToken(WANTED);
    await expect(denied).rejects.toThrow(
      /^mint a token for workstation-ada: Vault answered 403, .*permission denied/,
    );
    await expect(denied).rejects.not.toThrow(token);
    await expect(
      clientWith(server.rootToken).createOrphanToken({ ...WANTED, period: 'long' }),
    ).rejects.toThrow(
      'mint a token for workstation-ada: Vault answered 400, time: invalid duration "long": correct what is declared',
    );
  });
});
