import { account } from '../../../src/sections/account.ts';
import { planOf, plans, troublesOf } from './build.ts';
import { directory, file, forbidden, link } from './tree.ts';

const create = { kind: 'create-account', shell: '/bin/zsh', home: '/home/emo', homeMode: 0o700, groups: [] };
const lock = { kind: 'lock-account' };
const end = { kind: 'end-processes' };

describe('the account', () => {
  plans(account, {
    'that does not exist is created, with its home and the groups of its tier': {
      who: { spec: { tier: 'admin' } },
      found: { account: null },
      actions: [{ ...create, groups: ['code-shared', 'docker', 'sudo'] }],
    },
    'is created without a group that does not exist, and that is noted': {
      who: { spec: { tier: 'admin' } },
      found: { account: null, groups: new Set(['sudo']) },
      actions: [{ ...create, groups: ['sudo'] }],
      notes: [
        'group code-shared does not exist on this machine: emo is added once it does',
        'group docker does not exist on this machine: emo is added once it does',
      ],
    },
    'of somebody suspended is created locked': {
      who: { spec: { suspended: true } },
      found: { account: null },
      actions: [create, lock],
    },
    'is not created over a home that somebody may have left': {
      found: { account: null, system: { '/home/emo': directory(0o700) } },
      troubles: [
        "Refused HomeExists: create account emo: /home/emo exists already and may be a departed person's: move it away",
      ],
    },
    'is not created where a link stands for the home': {
      found: { account: null, system: { '/home/emo': link('/root') } },
      troubles: [
        "Refused HomeExists: create account emo: /home/emo exists already and may be a departed person's: move it away",
      ],
    },
    'is not created where nobody can tell whether there is a home': {
      found: { account: null, system: { '/home/emo': forbidden('/home') } },
      troubles: ['Waiting CannotRead: create account emo: /home cannot be read: EACCES'],
    },
    'that is as it should be stays so, whatever its shell and other groups are': {
      found: { account: { shell: '/bin/fish', groups: ['emo', 'docker', 'own'], password: 'set' } },
    },
    'is only ever added to groups': {
      who: { spec: { tier: 'admin' } },
      found: { account: { groups: ['emo', 'docker', 'own'] } },
      actions: [
        { kind: 'add-to-group', group: 'code-shared' },
        { kind: 'add-to-group', group: 'sudo' },
      ],
    },
    'is completed where a killed useradd left neither shadow line nor home': {
      found: { account: { password: 'missing' }, system: { '/home/emo': { kind: 'absent' } } },
      actions: [
        { kind: 'complete-account', missing: ['shadow', 'home'], home: '/home/emo', homeMode: 0o700 },
      ],
    },
    'is completed where only the home is missing': {
      found: { system: { '/home/emo': { kind: 'absent' } } },
      actions: [{ kind: 'complete-account', missing: ['home'] }],
    },
    'whose home is a link is left alone': {
      found: { system: { '/home/emo': link('/home/ann') } },
      troubles: [
        'Refused SymbolicLink: keep account emo: /home/emo is a symbolic link to /home/ann, which is never followed: remove it',
      ],
    },
    'whose home is a file is left alone': {
      found: { system: { '/home/emo': file('') } },
      troubles: ['Refused IsFile: keep account emo: /home/emo is a file: move it away'],
    },
    'that the host refuses is left alone': {
      found: { account: { refusal: 'its uid 999 belongs to the system, choose another osUser' } },
      troubles: [
        'Refused UnsafeAccount: keep account emo: its uid 999 belongs to the system, choose another osUser',
      ],
    },
    'with the name of a system account is left alone whatever its uid': {
      found: { account: { name: 'backup' } },
      troubles: ['Refused UnsafeAccount: keep account backup: it is a system account, choose another osUser'],
    },
  });
});

describe('a suspended person', () => {
  plans(
    account,
    {
      'is locked out, and what runs is ended': {
        found: { account: { password: 'set' }, hasProcesses: true },
        actions: [lock, end],
      },
      'is locked out though the password was never set: keys need none': {
        found: { account: { password: 'locked' } },
        actions: [lock],
      },
      'is locked out though the account has expired: it may have a password still': {
        found: { account: { password: 'set', expires: 1 } },
        actions: [lock],
      },
      'who is locked out stays so': { found: { account: { expires: 1 } } },
      'whose account expires later is locked out now': {
        found: { account: { expires: 20_000 } },
        actions: [lock],
      },
      'has processes ended that a crash after the lock left running': {
        found: { account: { expires: 1 }, hasProcesses: true },
        actions: [end],
      },
      'of an account that is kept elsewhere is told of': {
        found: { account: { password: 'unknown' } },
        notes: ['emo has no line in /etc/shadow here, and can only be locked where the account is kept'],
      },
    },
    { spec: { suspended: true } },
  );
});

describe('a person who is suspended no more', () => {
  plans(account, {
    'is let in again where the lock is ours': {
      found: { account: { expires: 1 }, cut: true },
      actions: [{ kind: 'unlock-account' }],
    },
    'stays out where an administrator expired the account before': {
      found: { account: { expires: 0 }, cut: true },
    },
    'stays out where an administrator made the lock': { found: { account: { expires: 1 } } },
    'has nothing to be unlocked where an administrator did it already': { found: { cut: true } },
  });
});

describe('a person who comes back', () => {
  const cutGroups = ['docker', 'video'];
  plans(account, {
    'is again in the groups of the cut, but for those of a tier that is not theirs': {
      found: { cutGroups, groups: new Set(['docker', 'video']) },
      actions: [{ kind: 'add-to-group', group: 'video' }],
    },
    'and for those that are gone, which is said': {
      found: { cutGroups, groups: new Set(['docker']) },
      notes: ['group video does not exist on this machine: emo is added once it does'],
    },
  });
});

it('what a user can name never reaches a terminal raw', () => {
  const plan = planOf(account, {}, { system: { '/home/emo': link('/x\x1b]0;gone\x07\n') } });
  expect(troublesOf(plan)).toEqual([
    'Refused SymbolicLink: keep account emo: /home/emo is a symbolic link to /x\\x1b]0;gone\\x07\\x0a, which is never followed: remove it',
  ]);
});
