import { compareTiers, parseClusterTiers, printIssue } from '../../../src/roster/tiers.ts';
import { person } from './fixtures.ts';

const compare = (k8sUser: string, tier: string | undefined) =>
  compareTiers([person('emo', { k8sUser })], new Map(tier === undefined ? [] : [[k8sUser, tier]])).map(
    printIssue,
  );

describe('compareTiers', () => {
  it('has nothing to say where the two agree', () => expect(compare('emo', 'power-user')).toEqual([]));

  it('looks people up by k8sUser, whatever it is called', () => {
    expect(compare('__proto__', undefined)).toHaveLength(1);
    expect(compare('constructor', undefined)).toHaveLength(1);
  });

  it.each([
    ['emo', "'emo'"],
    ["o'b", `"o'b"`],
    [`o'b"c`, `'o\\'b"c'`],
    ['a\\b', String.raw`'a\\b'`],
  ])('quotes %s as %s', (k8sUser, quoted) => {
    expect(compare(k8sUser, 'admin')).toEqual([
      `ERROR: emo: roster tier power-user != k8s_users tier admin for ${quoted}`,
    ]);
  });

  it('exempts admins', () => {
    expect(compareTiers([person('emo', { tier: 'admin' })], new Map([['emo', 'power-user']]))).toEqual([]);
  });
});

describe('parseClusterTiers', () => {
  it.each([
    ['tiers', { a: 'admin', b: null }, undefined],
    ['JSON text', '{"a":"admin","b":null}', undefined],
    ['objects', { a: { role: 'admin', x: 1 }, b: { role: null }, c: {}, d: null }, 'role'],
  ])('reads a map of %s', (_, value, key) => {
    expect(parseClusterTiers(value, key)).toEqual({ tiers: new Map([['a', 'admin']]), problems: [] });
  });

  it.each([
    [{ a: 'admin', b: 5 }, undefined, 'its entry is not a tier'],
    [{ a: { role: 'admin' }, b: 'admin' }, 'role', 'its entry is not an object with the tier in "role"'],
    [{ a: { role: 'admin' }, b: { role: [] } }, 'role', 'its entry is not an object'],
  ])('reads the rest of %j', (value, key, found) => {
    expect(parseClusterTiers(value, key)).toEqual({
      tiers: new Map([['a', 'admin']]),
      problems: [expect.stringContaining(`read the tier of "b" in the cluster: ${found}`)],
    });
  });

  it.each([[[]], [null], ['['], ['[]'], [1], [undefined]])('takes %j for no map', (value) =>
    expect(parseClusterTiers(value)).toBeUndefined(),
  );
});
