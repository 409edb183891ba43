import type { WorkstationUser } from '../../../src/api/user.ts';
import { sizesOf } from '../../../src/source/files/half.ts';
import { judge, type FilePaths, type Good } from '../../../src/source/files/judge.ts';
import type { KnownPolicies } from '../../../src/source/files/load.ts';
import type { Reading } from '../../../src/source/files/read.ts';
import { manifest, roster, WORKSTATION } from './stage.ts';

const NOTHING_BEFORE = { sizes: new Map() };
const PATHS: FilePaths = { roster: ['r'], workstation: 'w' };

interface Case {
  /** The texts of files; those of `r` and `w` are sound when left out. */
  readonly files?: Readonly<Record<string, string>>;
  /** What cannot be read. */
  readonly unreadable?: string;
  /** The text of `r` that was good before; ana and bob when left out, nothing was when null. */
  readonly before?: string | null;
  readonly users?: readonly string[];
  /** By name: the account and the message. */
  readonly unsound?: Readonly<Record<string, readonly [string | undefined, string]>>;
  readonly trouble?: readonly [reason: string, message: string];
  readonly mayBeHalf?: boolean;
}

const THREE =
  'r:2:3: users.ana.authentik_user: missing, must be text; r:2:3: users.ana.k8s_user: missing, must be text; r:2:3: users.ana.tier: missing, must be admin, power-user or namespace-owner';
const EMPTY = 'r: found nobody, and nothing that says so: write "users: {}" where nobody is meant';

const CASES: Readonly<Record<string, Case>> = {
  'somebody who joins is taken at once': {
    files: { r: roster('ana', 'bob', 'cyd') },
    users: ['ana', 'bob', 'cyd'],
  },
  'somebody who is gone may be half a file': { files: { r: roster('ana') }, users: ['ana'], mayBeHalf: true },
  'somebody who is gone from a file that is as long may be half a file': {
    files: { r: `${roster('ana')}#${'x'.repeat(100)}\n` },
    users: ['ana'],
    mayBeHalf: true,
  },
  'nobody, said in so many words, may be half a file': {
    files: { r: 'users: {}\n' },
    users: [],
    mayBeHalf: true,
  },
  'a file that is shorter than it was may be half': {
    before: `${roster('ana', 'bob')}# a comment\n`,
    files: { r: roster('ana', 'bob') },
    mayBeHalf: true,
  },
  'a file without a line end may be half': {
    files: { r: `${roster('ana', 'bob')}# a comm` },
    mayBeHalf: true,
  },
  'no text is no roster': { files: { r: '' }, trouble: ['RosterEmpty', EMPTY], mayBeHalf: true },
  'comments alone are no roster': {
    files: { r: '\n# users below\n' },
    trouble: ['RosterEmpty', EMPTY],
    mayBeHalf: true,
  },
  'a roster that breaks off after "users:" is no roster': {
    files: { r: 'users:\n' },
    trouble: ['RosterEmpty', EMPTY],
    mayBeHalf: true,
  },
  'manifests of nobody are no roster': {
    files: { r: WORKSTATION, w: '' },
    trouble: ['RosterEmpty', EMPTY],
    mayBeHalf: true,
  },
  'a list without items says that nobody is declared': {
    files: { r: 'apiVersion: v1\nkind: List\nitems: []\n' },
    users: [],
    mayBeHalf: true,
  },
  'an empty file beside a sound one holds everybody': {
    files: { r: roster('ana', 'bob', 'cyd'), s: '' },
    trouble: ['RosterEmpty', EMPTY.replace('r:', 's:')],
    mayBeHalf: true,
  },
  'a slip of syntax is trouble for all': {
    files: { r: `${roster('ana', 'bob')}  cyd: {\n` },
    trouble: [
      'RosterInvalid',
      'r:5:1: found a mapping that is not closed: close it with "}", indented deeper than its key',
    ],
    mayBeHalf: true,
  },
  'another shape is trouble for all': {
    files: { r: 'people: {}\n' },
    trouble: [
      'RosterInvalid',
      'r:1:1: kind: missing, must be WorkstationUser or Workstation; a roster has the key users instead',
    ],
    mayBeHalf: true,
  },
  'a manifest without a name may be anybody': {
    files: { r: manifest('ana').replace('{name: ana}', '{}') },
    trouble: ['RosterInvalid', 'r:3:1: metadata.name: missing, must be text'],
    mayBeHalf: true,
  },
  'what cannot be read is trouble for all': {
    unreadable: 'r',
    trouble: ['RosterUnreadable', 'r: cannot be read'],
    mayBeHalf: true,
  },
  'one bad entry is that person alone': {
    files: { r: 'users:\n  ana: {}\n  bob: {authentik_user: b, k8s_user: b, tier: admin}\n' },
    users: ['bob'],
    unsound: { ana: ['ana', THREE] },
    mayBeHalf: true,
  },
  'one bad manifest is that person alone': {
    files: { r: `${manifest('ana').replace('admin', 'king')}---\n${manifest('bob')}` },
    users: ['bob'],
    unsound: {
      ana: ['ana', 'r:4:48: spec.tier: found "king", must be admin, power-user or namespace-owner'],
    },
    mayBeHalf: true,
  },
  'a bad entry of before is known already': {
    before: 'users:\n  ana: {}\n  bob: {authentik_user: b, k8s_user: b, tier: admin}\n',
    files: { r: 'users:\n  ana: {}\n  bob: {authentik_user: b, k8s_user: b, tier: admin}\n#\n' },
    users: ['bob'],
    unsound: { ana: ['ana', THREE] },
  },
  'somebody whose account is spelled wrong keeps the one that is known': {
    before: manifest('ana').replace('spec: {', 'spec: {osUser: anna, '),
    files: { r: manifest('ana').replace('spec: {', 'spec: {osUser: An na, ') },
    users: [],
    unsound: {
      ana: [
        'anna',
        'r:4:16: spec.osUser: found "An na", must be a plain Linux account name: lower-case letters, digits, "_" and "-", beginning with a letter or "_"',
      ],
    },
    mayBeHalf: true,
  },
  'a name that is declared twice is neither of them': {
    files: { r: `${manifest('ana')}---\n${manifest('ana')}---\n${manifest('bob')}` },
    users: ['bob'],
    unsound: {
      ana: ['ana', 'r:8:18: metadata.name: found "ana" a second time, first in r:3:18: rename one'],
    },
    mayBeHalf: true,
  },
  'while a name is not valid it may be anybody, and nobody goes': {
    files: { r: roster('ana', 'Bob') },
    users: ['ana', 'bob'],
    unsound: {
      Bob: [
        undefined,
        'r:3:3: users.Bob: found "Bob", must be a plain Linux account name: lower-case letters, digits, "_" and "-", beginning with a letter or "_"',
      ],
    },
    mayBeHalf: true,
  },
  'a policy in trouble holds nobody back': {
    files: { r: roster('ana', 'bob', 'cyd'), w: WORKSTATION.replace('{}', '{colour: red}') },
    users: ['ana', 'bob', 'cyd'],
    trouble: ['WorkstationInvalid', expect.stringContaining('w:4:8: spec.colour: unknown field')],
    mayBeHalf: true,
  },
  'a policy that cannot be read holds nobody back': {
    unreadable: 'w',
    files: { r: roster('ana', 'bob', 'cyd') },
    users: ['ana', 'bob', 'cyd'],
    trouble: ['WorkstationUnreadable', 'w: cannot be read'],
    mayBeHalf: true,
  },
  'a policy that is gone is said': {
    files: { w: '# later\n' },
    trouble: ['WorkstationMissing', "w: found no Workstation: declare the machine's policy"],
    mayBeHalf: true,
  },
  'trouble of both is said together': {
    files: { r: '', w: '' },
    trouble: ['RosterEmpty', `${EMPTY}; w: found no Workstation: declare the machine's policy`],
    mayBeHalf: true,
  },
  'without anything before, what is sound is taken': { before: null, users: ['ana', 'bob'] },
};

describe('what is read:', () => {
  it.each(Object.entries(CASES))(
    '%s',
    (_, { files, unreadable, before = roster('ana', 'bob'), ...wanted }) => {
      const earlier = readingOf(before === null ? {} : { r: before, w: WORKSTATION });
      const policies: KnownPolicies = new Map();
      const first = judge(earlier, {}, PATHS, { ...NOTHING_BEFORE, policies });
      const last: Good = before === null ? {} : first.good;
      const reading = readingOf({ r: roster('ana', 'bob'), w: WORKSTATION, ...files }, unreadable);
      const sizes = sizesOf(earlier);
      const found = judge(reading, last, PATHS, { sizes, policies });
      expect(found).toEqual(judge(reading, last, PATHS, { sizes }));
      expect(judge(reading, last, PATHS, { sizes, policies })).toEqual(found);
      expect({
        users: found.good.people?.users.map(nameOf),
        unsound: found.good.people?.unsound,
        trouble: found.trouble,
        mayBeHalf: found.mayBeHalf,
      }).toEqual({
        users: wanted.users ?? ['ana', 'bob'],
        unsound: Object.entries(wanted.unsound ?? {}).map(([name, [osUser, message]]) => ({
          name,
          ...(osUser === undefined ? {} : { osUser }),
          reason: 'Invalid',
          message,
        })),
        trouble: wanted.trouble && { reason: wanted.trouble[0], message: wanted.trouble[1] },
        mayBeHalf: wanted.mayBeHalf ?? false,
      });
    },
  );

  it('a shorter file that came by a rename is whole', () => {
    const earlier = readingOf({ r: `${roster('ana')}# a comment\n`, w: WORKSTATION });
    const { good } = judge(earlier, {}, PATHS, NOTHING_BEFORE);
    const reading = readingOf({ r: roster('ana'), w: WORKSTATION }, undefined, 'another');
    expect(judge(reading, good, PATHS, { sizes: sizesOf(earlier) }).mayBeHalf).toBe(false);
  });
});

describe('a policy that is read again', () => {
  it('is not parsed again while it is the same', () => {
    const policies: KnownPolicies = new Map();
    const policyOf = (w: string) =>
      judge(readingOf({ r: roster('ana'), w }), {}, PATHS, { ...NOTHING_BEFORE, policies }).good.policy;
    const first = policyOf(WORKSTATION);
    expect(policyOf(WORKSTATION)?.object).toBe(first?.object);
    expect(policyOf(`${WORKSTATION}# and more\n`)?.object).not.toBe(first?.object);
  });
});

function readingOf(files: Readonly<Record<string, string>>, unreadable?: string, inode = 'one'): Reading {
  return {
    read: Object.entries(files)
      .filter(([file]) => file !== unreadable)
      .map(([file, text]) => ({ file, bytes: Buffer.from(text), inode: `${file} ${inode}` })),
    problems: unreadable === undefined ? [] : [{ file: unreadable, message: 'cannot be read' }],
  };
}

function nameOf({ metadata }: WorkstationUser): string {
  return metadata.name;
}
