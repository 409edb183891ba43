import * as fc from '../../../property.ts';
import { parseGroup, parsePasswd, parseShadow, parseSubid } from '../../../../src/host/accounts/parse.ts';
import type { GroupEntry, PasswdEntry } from '../../../../src/host/accounts/parse.ts';

const name = fc.stringMatching(/^[a-z_][a-z0-9_-]{0,30}$/);
const field = fc.string().map((text) => text.replaceAll(/[:\n]/g, ''));
const id = fc.nat(0xff_ff_ff_fe);

const printPasswd = ({ name, uid, gid, gecos, home, shell }: PasswdEntry) =>
  [name, 'x', uid, gid, gecos, home, shell].join(':');
const printGroup = ({ name, gid, members }: GroupEntry) => [name, 'x', gid, members.join(',')].join(':');

describe('the account databases', () => {
  it('give back every account that was written to passwd', () => {
    const entry = fc.record({
      name,
      uid: id,
      gid: id,
      gecos: field,
      home: field,
      shell: field.filter(Boolean),
    });
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const text = entries.map((each) => `${printPasswd(each)}\n`).join('');
        expect(parsePasswd(text)).toEqual({ entries, broken: [] });
      }),
    );
  });

  it('give back every group that was written to group', () => {
    const entry = fc.record({ name, gid: id, members: fc.array(name) });
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const text = entries.map((each) => `${printGroup(each)}\n`).join('');
        expect(parseGroup(text)).toEqual({ entries, broken: [] });
      }),
    );
  });

  it('never throw, and lose no line without a word', () => {
    fc.assert(
      fc.property(fc.array(fc.string().filter((line) => !/[\n]|^\s*(?:$|[#+-])/.test(line))), (lines) => {
        for (const parse of [parsePasswd, parseGroup, parseShadow, parseSubid]) {
          const { entries, broken } = parse(lines.join('\n'));
          expect(entries.length + broken.length).toBe(lines.length);
        }
      }),
    );
  });

  it('skip what NIS, a comment or an editor left', () => {
    const text = '+\n+@staff::::::\n-mallory\n# people\n\n  \nada:x:1000:1000::/home/ada:/bin/sh\n+:::\n';
    expect(parsePasswd(text)).toEqual({
      entries: [{ name: 'ada', uid: 1000, gid: 1000, gecos: '', home: '/home/ada', shell: '/bin/sh' }],
      broken: [],
    });
  });

  it.each([
    ['a field short', 'ada:x:1000:1000:/home/ada:/bin/sh'],
    ['a field more', 'ada:x:1000:1000::/home/ada:/bin/sh:'],
    ['no name', ':x:1000:1000::/home/ada:/bin/sh'],
    ['a uid that is no number', 'ada:x:1e3:1000::/home/ada:/bin/sh'],
    ['an empty uid', 'ada:x::1000::/home/ada:/bin/sh'],
    ['a negative uid', 'ada:x:-1:1000::/home/ada:/bin/sh'],
    ['the uid that means "unchanged"', 'ada:x:4294967295:1000::/home/ada:/bin/sh'],
  ])('report a line with %s and keep the others', (_, line) => {
    const { entries, broken } = parsePasswd(
      `root:x:0:0:root:/root:/bin/bash\n${line}\nbob:x:1001:1001::/home/bob:\n`,
    );
    expect(entries.map((entry) => entry.name)).toEqual(['root', 'bob']);
    expect(broken).toEqual([2]);
  });

  it('take an empty shell for /bin/sh', () => {
    expect(parsePasswd('bob:x:1001:1001::/home/bob:').entries[0]?.shell).toBe('/bin/sh');
  });

  it('read of shadow what says whether and until when one may log in', () => {
    const text =
      'a:!:20000:0:99999:7:::\nb:$y$h:20000:0:99999:7:0:1:\nc:*:20000:0:99999:7:-1:-1:\nd::::::::\n';
    expect(parseShadow(text).entries).toEqual([
      { name: 'a', password: '!' },
      { name: 'b', password: '$y$h', inactive: 0, expires: 1 },
      { name: 'c', password: '*' },
      { name: 'd', password: '' },
    ]);
    expect(parseShadow('a:!:20000:0:99999:7::soon:\n')).toEqual({ entries: [], broken: [1] });
  });

  it('read ranges of subordinate ids by name and by uid', () => {
    expect(parseSubid('ada:100000:65536\n1001:165536:65536\nada:x:1\n')).toEqual({
      entries: [
        { owner: 'ada', first: 100_000, count: 65_536 },
        { owner: '1001', first: 165_536, count: 65_536 },
      ],
      broken: [3],
    });
  });
});
