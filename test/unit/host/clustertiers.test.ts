import { readClusterTiers, type TierSurroundings } from '../../../src/host/clustertiers.ts';

const unreadable = (message: string) => ({
  kind: 'unreadable',
  message: `read the tiers of the cluster: ${message}`,
});
const tiers = (entries: Readonly<Record<string, string>>) => ({
  kind: 'read',
  tiers: new Map(Object.entries(entries)),
  problems: [],
});
const reading = (text: string): TierSurroundings => ({ readFile: () => text });

describe('the tiers of the cluster', () => {
  it.each<[string, string, object, object]>([
    ['a file', '{"ada":"admin"}', {}, tiers({ ada: 'admin' })],
    [
      'a member of a file',
      '{"a":{"b":{"ada":{"role":"admin"}}}}',
      { pointer: '/a/b', key: 'role' },
      tiers({ ada: 'admin' }),
    ],
    ['a member that is text', '{"a":"{\\"ada\\":\\"admin\\"}"}', { pointer: '/a' }, tiers({ ada: 'admin' })],
    [
      'a file without the member',
      '{}',
      { pointer: '/a' },
      unreadable('/tiers.json: it has no member /a: add it'),
    ],
    ['a file that is no JSON', '{', { pointer: '/a' }, unreadable('/tiers.json: it is no JSON: correct it')],
    [
      'a file that holds no map',
      '[]',
      {},
      unreadable('what is there is no object from cluster user to tier: correct it'),
    ],
  ])('are read from %s', async (_, text, change, found) => {
    expect(await readClusterTiers({ file: { path: '/tiers.json', ...change } }, reading(text))).toEqual(
      found,
    );
  });

  it('are read from Vault', async () => {
    const vault = {
      readKv2: (path: string, field: string) => Promise.resolve({ [`${path} ${field}`]: 'admin' }),
    };
    const source = { vault: { path: 'secret/platform', field: 'users' } };
    expect(await readClusterTiers(source, { ...reading(''), vault })).toEqual(
      tiers({ 'secret/platform users': 'admin' }),
    );
  });

  it.each<[string, Parameters<typeof readClusterTiers>[0], TierSurroundings, string]>([
    [
      'there is no token for Vault',
      { vault: { path: 'a/b', field: 'c' } },
      reading(''),
      'there is no Vault token: set VAULT_ADDR and VAULT_TOKEN',
    ],
    [
      'Vault does not answer',
      { vault: { path: 'a/b', field: 'c' } },
      {
        ...reading(''),
        vault: { readKv2: () => Promise.reject(new Error('read the secret a/b: \x1b[2Jsealed')) },
      },
      'read the secret a/b: sealed',
    ],
    [
      'no kubeconfig is given',
      { configMap: { namespace: 'a', name: 'b', field: 'c' } },
      reading(''),
      'no kubeconfig is given to read the ConfigMap with: set KUBECONFIG',
    ],
  ])('are a sentence when %s', async (_, source, surroundings, message) => {
    expect(await readClusterTiers(source, surroundings)).toEqual(unreadable(message));
  });

  it('are not waited for after an interruption', async () => {
    const signal = AbortSignal.abort(new Error('interrupted'));
    const source = { vault: { path: 'a/b', field: 'c' } };
    await expect(readClusterTiers(source, { ...reading(''), signal })).rejects.toThrow('interrupted');
  });
});
