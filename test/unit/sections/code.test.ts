import { code } from '../../../src/sections/code.ts';
import type { Entry } from '../../../src/sections/facts.ts';
import { planOf, plans, type Things } from './build.ts';
import { directory, fifo, file, forbidden, link, binary } from './tree.ts';

const ORIGIN = 'https://github.com/ViktorBarzin/infra.git';
const CANONICAL = 'https://forgejo.viktorbarzin.me/viktor/infra.git';
const upstream = { remote: 'forgejo', url: CANONICAL };

/** A clone at a path below the home. */
function clone(at: string, config = wired): Things {
  return { [`${at}/.git/config`]: config, [`${at}/.git/index`]: '', [`${at}/README`]: '' };
}
const wired = `[remote "origin"]\n\turl = ${ORIGIN}\n[remote "forgejo"]\n\turl = ${CANONICAL}\n[branch "master"]\n\tremote = forgejo\n\tmerge = refs/heads/master\n`;
const fromOrigin = `[remote "origin"]\n\turl = ${ORIGIN}\n[branch "master"]\n\tremote = origin\n\tmerge = refs/heads/master\n`;

const infraAt = (path: string) => ({
  path,
  url: ORIGIN,
  branch: 'master',
  config: ['filter.git-crypt.smudge=cat', 'filter.git-crypt.clean=cat', 'filter.git-crypt.required=false'],
  upstream,
  timeout: 600_000,
});
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

const workspace = { spec: { codeLayout: 'workspace', repos: ['tripit'] } };
const tripit = {
  url: 'https://forgejo.viktorbarzin.me/viktor/tripit.git',
  path: '/home/emo/code/tripit',
  config: [],
  timeout: 600_000,
};
const make = { kind: 'make-directory', path: '/home/emo/code', mode: 0o755 };
const PARKED = '/home/emo/.workstation-migrating';
const park = { kind: 'move', from: '/home/emo/code', to: PARKED };
const unpark = { kind: 'move', from: PARKED, to: '/home/emo/code/infra' };
const both = { ...clone('code/infra'), ...clone('code/tripit', fromOrigin) };

describe('the clones of the workspace layout', () => {
  plans(
    code,
    {
      'are made in a new directory': {
        actions: [
          make,
          { kind: 'clone', clone: infraAt('/home/emo/code/infra') },
          { kind: 'clone', clone: tripit },
        ],
      },
      'that are there need nothing, and a repo has no second remote': { found: { home: both } },
      'are made beside what is there': {
        found: { home: { ...clone('code/infra'), 'code/notes': 'mine' } },
        actions: [{ kind: 'clone', clone: tripit }],
      },
      'come out of the infra clone where somebody made them there': {
        found: { home: { ...clone('code/infra'), ...clone('code/infra/tripit') } },
        actions: [
          {
            kind: 'hoist-clone',
            outer: '/home/emo/code/infra',
            from: '/home/emo/code/infra/tripit',
            clone: tripit,
          },
        ],
      },
      'stay in the infra clone where their place is taken': {
        found: { home: { ...both, ...clone('code/infra/tripit') } },
      },
      'that lie in the infra clone as a plain directory are made beside it': {
        found: { home: { ...clone('code/infra'), 'code/infra/tripit/x': '' } },
        actions: [{ kind: 'clone', clone: tripit }],
      },
      'one that a link stands for is left alone, the others are made': {
        found: { home: { 'code/infra': link('/home/ann/infra') } },
        actions: [{ kind: 'clone', clone: tripit }],
        troubles: [
          'Refused SymbolicLink: clone infra: /home/emo/code/infra is a symbolic link to /home/ann/infra, which is never followed: remove it',
        ],
      },
      'have no source: that is told': {
        who: { policy: { code: { infra: { remote: ORIGIN, branch: 'master' } } } },
        found: { home: both },
        notes: ['repos are not cloned (tripit): the policy has no code.repos to clone them from'],
      },
      'cannot have the name of the clone that everybody has': {
        who: {
          policy: {
            code: { infra: { remote: ORIGIN, name: 'tripit' }, repos: { baseURL: 'https://example.org' } },
          },
        },
        found: { home: clone('code/tripit') },
        troubles: [
          'Refused NameTaken: clone tripit: /home/emo/code/tripit is the place of the clone that everybody has: remove it from repos',
        ],
      },
    },
    workspace,
  );
});

describe('the move to the workspace layout', () => {
  plans(
    code,
    {
      'takes the clone along as it is': { found: { home: clone('code') }, actions: [park, make, unpark] },
      'takes a clone along that tracks a directory called infra': {
        found: { home: { ...clone('code'), 'code/infra/main.tf': '' } },
        actions: [park, make, unpark],
      },
      'goes on after a crash that left the clone parked': {
        found: { home: clone('.workstation-migrating') },
        actions: [make, unpark],
      },
      'goes on after a crash that left a new directory too': {
        found: { home: { ...clone('.workstation-migrating'), code: directory() } },
        actions: [unpark],
      },
      'goes on beside what the person put into the new directory': {
        found: { home: { ...clone('.workstation-migrating'), 'code/new.txt': '' } },
        actions: [unpark],
      },
      'is over after the last step': { found: { home: both } },
      'stops where a new clone took the place of the parked one': {
        found: { home: { ...clone('.workstation-migrating'), ...clone('code/infra') } },
        troubles: [
          `Refused TwoClones: move to the workspace layout: found clones at ${PARKED} and /home/emo/code/infra: move away all but one`,
        ],
      },
      'stops where a new clone took the place of the directory': {
        found: { home: { ...clone('.workstation-migrating'), ...clone('code') } },
        troubles: [
          `Refused TwoClones: move to the workspace layout: found clones at ${PARKED} and /home/emo/code: move away all but one`,
        ],
      },
      'never moves a workspace into itself because somebody made it a repository': {
        found: { home: { ...both, 'code/.git/config': '' } },
        troubles: [
          'Refused TwoClones: move to the workspace layout: found clones at /home/emo/code and /home/emo/code/infra: move away all but one',
        ],
      },
      'never moves a link': {
        found: { home: { code: link('/srv/code') } },
        troubles: [
          'Refused SymbolicLink: move to the workspace layout: /home/emo/code is a symbolic link to /srv/code: put the clone itself there, or keep the layout single',
        ],
      },
      'stops where something else stands at the place to wait': {
        found: { home: { ...clone('code'), '.workstation-migrating': link('/etc') } },
        troubles: [
          `Refused SymbolicLink: move to the workspace layout: ${PARKED} is a symbolic link to /etc, which is never followed: remove it`,
        ],
      },
      'does not begin where the code directory cannot be made': {
        found: { home: { code: fifo } },
        troubles: ['Refused SpecialFile: move to the workspace layout: /home/emo/code is a fifo: remove it'],
      },
      'is none where code is a worktree': {
        found: { home: { 'code/.git': 'gitdir: /x', ...both } },
      },
    },
    workspace,
  );
});
