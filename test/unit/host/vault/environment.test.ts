import { vaultFromEnvironment } from '../../../../src/host/vault/environment.ts';

const FILES: Readonly<Record<string, string>> = {
  '/root/.vault-token': 'own\n',
  '/etc/token': 'given\n',
  '/etc/broken': 'two words',
  '/etc/empty': '\n',
};
const ADDRESS = { VAULT_ADDR: 'https://vault.example.org' };

function found(env: Readonly<Record<string, string>>, tokenFile?: string) {
  return vaultFromEnvironment({ env, readFile: (path) => FILES[path], tokenFile });
}

describe('Vault as the environment names it', () => {
  it.each<[string, Readonly<Record<string, string>>, string | undefined]>([
    ['without an address', { VAULT_TOKEN: 't' }, undefined],
    ['without a token', ADDRESS, undefined],
    ['without a token in the home', { ...ADDRESS, HOME: '/home/ada' }, undefined],
    ['with an empty token file', ADDRESS, '/etc/empty'],
  ])('is not there %s', (_, env, tokenFile) => {
    expect(found(env, tokenFile)).toBeUndefined();
  });

  it.each<[string, Readonly<Record<string, string>>, string | undefined]>([
    ['a token in the environment', { ...ADDRESS, VAULT_TOKEN: 't' }, undefined],
    ['the token in the home', { ...ADDRESS, HOME: '/root' }, undefined],
    ['a token file that is named', ADDRESS, '/etc/token'],
  ])('is there with %s', (_, env, tokenFile) => {
    expect(found(env, tokenFile)).toBeDefined();
  });

  it.each<[string, Readonly<Record<string, string>>, string | undefined, string]>([
    [
      'an address that is none',
      { VAULT_ADDR: 'vault:8200', VAULT_TOKEN: 't' },
      undefined,
      'read VAULT_ADDR: found "vault:8200", give an http or https address',
    ],
    [
      'a token file that is not there',
      ADDRESS,
      '/etc/gone',
      'read the Vault token file: there is no file /etc/gone: correct its path',
    ],
    [
      'an authority that is not there',
      { ...ADDRESS, VAULT_TOKEN: 't', VAULT_CACERT: '/etc/ca' },
      undefined,
      'read VAULT_CACERT: there is no file /etc/ca: correct its path',
    ],
    [
      'a token that is none',
      ADDRESS,
      '/etc/broken',
      'read the Vault token: it has characters that no token has: get a new one',
    ],
  ])('is a mistake with %s', (_, env, tokenFile, message) => {
    expect(() => found(env, tokenFile)).toThrow(message);
  });
});
