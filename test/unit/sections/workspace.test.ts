import { code } from '../../../src/sections/code.ts';
import { plans } from './build.ts';
import { clone, fromOrigin, infraAt, ORIGIN } from './clones.ts';
import { directory, fifo, link } from './tree.ts';

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
