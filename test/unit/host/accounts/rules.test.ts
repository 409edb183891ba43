import * as fc from '../../../property.ts';
import { nextId, nextSubids, parseDefaults } from '../../../../src/host/accounts/defaults.ts';
import { lockOptions, unlockOptions } from '../../../../src/host/accounts/login.ts';
import { parsePasswd, type ShadowEntry } from '../../../../src/host/accounts/parse.ts';
import { refusal } from '../../../../src/host/accounts/refusals.ts';
import { usesNameService } from '../../../../src/host/accounts/service.ts';

describe('an account is left alone', () => {
  const others = [
    'root:x:0:0:root:/root:/bin/bash',
    'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin',
    'bob:x:1001:1001::/home/bob:/bin/sh',
    'lost:x:1002:1002::/:/bin/sh',
  ];
  const judge = (line: string) => {
    const all = parsePasswd([...others, line].join('\n')).entries;
    const entry = all.at(-1);
    return entry && refusal(entry, all);
  };

  it.each([
    ['with a system uid', 'ada:x:999:999::/home/ada:/bin/sh', 'uid 999, a system account'],
    ['that is nobody', 'ada:x:65534:1::/home/ada:/bin/sh', 'uid 65534, a system account'],
    ['whose uid has two names', 'ada:x:1001:1::/home/ada:/bin/sh', 'bob has the same uid 1001'],
    ['whose home is the root directory', 'ada:x:1000:1::/:/bin/sh', 'its home is /,'],
    ['whose home is the root directory in disguise', 'ada:x:1000:1:://:/bin/sh', 'its home is //,'],
    ["whose home is root's", 'ada:x:1000:1::/root/:/bin/sh', 'its home is /root/,'],
    ['without a home', 'ada:x:1000:1:::/bin/sh', 'its home is not set'],
    ['with a relative home', 'ada:x:1000:1::home/ada:/bin/sh', 'its home is home/ada,'],
    ['whose home climbs', 'ada:x:1000:1::/home/ada/../../etc:/bin/sh', 'its home is /home/ada/../../etc,'],
    ["whose home is another's", 'ada:x:1000:1::/home//bob/:/bin/sh', 'is that of bob'],
    ["whose home is in another's", 'ada:x:1000:1::/home/bob/ada:/bin/sh', 'is in that of bob'],
  ])('%s', (_, line, sentence) => {
    expect(judge(line)).toContain(sentence);
  });

  it.each([
    'ada:x:1000:1000::/home/ada:/bin/sh',
    'ada:x:1000:100::/home/bobby:/bin/sh',
    'ada:x:70000:1::/srv/ada:',
  ])('not when it is a person’s: %s', (line) => expect(judge(line)).toBeUndefined());
});

describe('a newcomer’s uid', () => {
  it('is never taken, is in the range, and follows the highest while there is room', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 990, max: 1020 })), (list) => {
        const taken = new Set(list);
        const id = nextId([1000, 1010], taken);
        const inRange = list.filter((each) => each >= 1000 && each <= 1010);
        if (id === undefined) expect(inRange).toHaveLength(11);
        else {
          expect(taken.has(id)).toBe(false);
          expect(id).toBe(taken.has(1010) ? id : Math.max(999, ...inRange) + 1);
          expect(id >= 1000 && id <= 1010).toBe(true);
        }
      }),
    );
  });

  it('comes from the range of login.defs, or else from that of useradd', () => {
    expect(
      parseDefaults('# UID_MIN 1\nUID_MIN\t\t 2000\nUID_MAX 3000 # last\nSUB_UID_COUNT 0\n'),
    ).toMatchObject({
      ids: [2000, 3000],
      subuids: { first: 100_000, count: 0 },
    });
    expect(parseDefaults('').ids).toEqual([1000, 60_000]);
  });

  it('gets subordinate ids after all others', () => {
    const { subuids } = parseDefaults('');
    expect(nextSubids(subuids, [])).toBe('100000-165535');
    expect(nextSubids(subuids, [{ owner: 'ada', first: 165_536, count: 65_536 }])).toBe('231072-296607');
    expect(nextSubids({ ...subuids, count: 0 }, [])).toBeUndefined();
    expect(
      nextSubids({ ...subuids, last: 200_000 }, [{ owner: 'ada', first: 100_000, count: 65_536 }]),
    ).toBeUndefined();
  });
});

/** What usermod makes of an entry. */
function changed(entry: ShadowEntry, options: readonly string[]): ShadowEntry {
  const given = new Map(options.map((option) => [option.split('=')[0], option.split('=')[1]] as const));
  const number = (option: string, old: number | undefined) => {
    const value = given.get(option);
    return value === undefined ? old : value === '' || value === '-1' ? undefined : Number(value);
  };
  const expires = number('--expiredate', entry.expires);
  const inactive = number('--inactive', entry.inactive);
  const password = given.has('--lock')
    ? `!${entry.password}`
    : given.has('--unlock')
      ? entry.password.slice(1)
      : entry.password;
  return {
    name: entry.name,
    password,
    ...(expires !== undefined && { expires }),
    ...(inactive !== undefined && { inactive }),
  };
}

describe('locking and unlocking', () => {
  const name = 'ada';

  it.each([
    ['a password', '$y$hash', ['--lock', '--expiredate=1']],
    ['no need of a password', '', ['--lock', '--expiredate=1']],
    ['no password', '!', ['--expiredate=1']],
    ['a password that somebody locked', '!$y$hash', ['--expiredate=1', '--inactive=10001']],
  ])('lock an account with %s', (_, password, options) => {
    expect(lockOptions({ name, password })).toEqual(options);
  });

  it.each([
    ['expires', { password: '$y$hash', expires: 25_000 }],
    ['has expired', { password: '$y$hash', expires: 0 }],
    ['expires, and whose password may not', { password: '$y$hash', expires: 25_000, inactive: 14 }],
    ['was locked and expired', { password: '!$y$hash', expires: 20_000 }],
    ['was locked, and whose password may not expire', { password: '!$y$hash', inactive: 0 }],
    [
      'was locked and expired, and whose password may not expire',
      { password: '!$y$hash', expires: 0, inactive: 998 },
    ],
    ['never had a password', { password: '!', expires: 25_000, inactive: 5 }],
    ['has a password that may not expire', { password: '$y$hash', inactive: 30 }],
  ])('lets an account in again as it was that %s', (_, before) => {
    const locked = changed({ name, ...before }, lockOptions({ name, ...before }));
    expect(locked).toMatchObject({ password: expect.stringMatching(/^!/), expires: 1 });
    expect(lockOptions(locked)).toEqual([]);
    const entered = { ...locked, password: locked.password.replace(/^!/, '') };
    for (const again of [locked, changed(entered, lockOptions(entered))])
      expect(changed(again, unlockOptions(again))).toEqual({ name, ...before });
  });

  it('lets in an account with the expiry that somebody gave it meanwhile', () => {
    const before = { name, password: '!$y$hash', expires: 20_000 };
    const locked = changed(before, lockOptions(before));
    const changedMeanwhile = { ...locked, expires: 25_000 };
    const again = changed(changedMeanwhile, lockOptions(changedMeanwhile));
    expect(changed(again, unlockOptions(again))).toEqual({ ...before, expires: 25_000 });
  });

  it('locks again whoever was let in behind our back, and nobody twice', () => {
    expect(lockOptions({ name, password: '!$y$hash', expires: 1 })).toEqual([]);
    expect(lockOptions({ name, password: '$y$hash', expires: 1 })).toEqual(['--lock', '--expiredate=1']);
  });

  it.each([
    ['gives back a password', { password: '!$y$hash', expires: 1 }, ['--unlock', '--expiredate=']],
    ['opens no account without a password', { password: '!', expires: 1 }, ['--expiredate=']],
    [
      'keeps what was locked before',
      { password: '!$y$hash', expires: 1, inactive: 10_001 },
      ['--expiredate=', '--inactive=-1'],
    ],
    ['leaves an account that we did not lock', { password: '!$y$hash' }, []],
    [
      'takes no period that somebody chose for a mark',
      { password: '!$y$hash', expires: 1, inactive: 0 },
      ['--unlock', '--expiredate='],
    ],
    ['leaves an account that expires for another reason', { password: '!', expires: 20_000 }, []],
  ])('%s', (_, shadow, options) => {
    expect(unlockOptions({ name, ...shadow })).toEqual(options);
  });
});

describe('a name service is asked', () => {
  it.each([
    ['passwd: files systemd', false],
    ['passwd:\tcompat', false],
    ['group: files sss', false],
    ['', false],
    ['passwd: files # sss', false],
    ['passwd: files [NOTFOUND=return]', false],
    ['passwd: files sss', true],
    ['hosts: dns\n passwd: files [success=return] ldap\n', true],
  ])('when nsswitch.conf says %j: %s', (text, expected) => {
    expect(usesNameService(text)).toBe(expected);
  });
});
