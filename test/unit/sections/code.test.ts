import { code } from '../../../src/sections/code.ts';
import type { Entry } from '../../../src/sections/facts.ts';
import { planOf, plans } from './build.ts';
import { CANONICAL, clone, fromOrigin, infraAt, upstream, wired } from './clones.ts';
import { binary, fifo, file, forbidden, link } from './tree.ts';

const set = { kind: 'set-upstream', path: '/home/emo/code', branch: 'master', upstream, timeout: 600_000 };

describe('the clone of the single layout', () => {
  plans(code, {
    'is made where nothing is': { actions: [{ kind: 'clone', clone: infraAt('/home/emo/code') }] },
    'that is there and wired needs nothing': { found: { home: clone('code') } },
    'lacks the second remote: it is added and tracked': {
      found: { home: clone('code', fromOrigin) },
      actions: [{ ...set, add: true }],
    },
    'has the second remote and tracks another: it is made to track it': {
      found: { home: clone('code', wired.replace('remote = forgejo', 'remote = origin')) },
      actions: [{ ...set, add: false }],
    },
    'tracks another branch of the second remote: it is made to track its own': {
      found: { home: clone('code', wired.replace('heads/master', 'heads/next')) },
      actions: [{ ...set, add: false }],
    },
    'has another URL for the second remote, which stays the person’s own': {
      found: { home: clone('code', wired.replace(CANONICAL, 'https://example.org/mine.git')) },
    },
    'that was never checked out is finished': {
      found: { home: { 'code/.git/config': fromOrigin } },
      actions: [{ kind: 'finish-clone', clone: infraAt('/home/emo/code') }],
    },
    'that lost its index is not checked out again over what is there': {
      found: { home: { 'code/.git/config': wired, 'code/README': 'mine' } },
    },
    'that somebody emptied is not checked out again': {
      found: { home: { 'code/.git/config': wired, 'code/.git/index': '' } },
    },
    'whose configuration is not UTF-8 is left alone': {
      found: { home: { ...clone('code'), 'code/.git/config': binary() } },
    },
    'may be a worktree of another, and is left alone': { found: { home: { 'code/.git': 'gitdir: /x\n' } } },
    'may have a link for .git, and is left alone': { found: { home: { 'code/.git': link('/x') } } },
    'is not made over a plain directory, which is told of': {
      found: { home: { 'code/notes.txt': 'mine' } },
      notes: ['/home/emo/code is no clone and stays as it is: to have infra cloned there, move it away'],
    },
    'is brought back from a move that nobody wants any more': {
      found: { home: clone('.workstation-migrating') },
      actions: [{ kind: 'move', from: '/home/emo/.workstation-migrating', to: '/home/emo/code' }],
    },
  });

  const obstacles: [string, Entry, string][] = [
    ['a link into another home', link('/home/ann/code'), 'Refused SymbolicLink: clone infra: /home/emo/code is a symbolic link to /home/ann/code, which is never followed: remove it'],
    ['a dangling link', link('gone'), 'Refused SymbolicLink: clone infra: /home/emo/code is a symbolic link to gone, which is never followed: remove it'],
    ['a file', file(''), 'Refused IsFile: clone infra: /home/emo/code is a file: move it away'],
    ['a FIFO', fifo, 'Refused SpecialFile: clone infra: /home/emo/code is a fifo: remove it'],
    ['what nobody may read', forbidden('/home/emo/code'), 'Waiting CannotRead: clone infra: /home/emo/code cannot be read: EACCES'],
  ]; // prettier-ignore
  plans(
    code,
    Object.fromEntries(
      obstacles.map(([what, entry, trouble]) => [
        `is not made over ${what}`,
        { found: { home: { code: entry } }, troubles: [trouble] },
      ]),
    ),
  );

  it('is nothing for the tiers that are left out', () => {
    expect(() => planOf(code, { spec: { tier: 'admin' } })).toThrow('nothing for this person');
  });

  it('has no second remote where none is declared', () => {
    const plain = { infra: { remote: 'https://example.org/x.git' }, path: 'src/x' };
    expect(planOf(code, { policy: { code: plain } }).actions).toEqual([
      {
        kind: 'clone',
        clone: {
          url: 'https://example.org/x.git',
          path: '/home/emo/src/x',
          branch: 'main',
          config: [],
          timeout: 600_000,
        },
      },
    ]);
    expect(planOf(code, { policy: { code: plain } }, { home: clone('src/x', fromOrigin) }).actions).toEqual(
      [],
    );
  });
});
