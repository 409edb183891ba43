import { files } from '../../../src/sections/files.ts';
import { readText } from '../../text.ts';
import { planOf, plans, troublesOf, type Things } from './build.ts';
import { binary, directory, fifo, file, forbidden, link } from './tree.ts';

const launcher = readText('test/harness/site/root/opt/workstation/skel/start-claude.sh');

/** A policy with only these files. */
const declared = (...some: object[]) => ({ policy: { files: some } });
const kept = { name: 'tool', path: '.config/tool/rc', content: 'for ${user}\n' };
const write = {
  kind: 'write-file',
  path: '/home/emo/.config/tool/rc',
  content: 'for emo\n',
  mode: 0o644,
  directoryMode: 0o755,
  before: { kind: 'absent' },
  sensitive: false,
};
const rc = (thing: Things[string]) => ({ home: { '.config/tool/rc': thing } });
const large = {
  kind: 'blocked',
  obstacle: { reason: 'too-large', at: '/home/emo/.config/tool/rc', size: 5e9, limit: 4_194_304 },
} as const;

describe('a file that is kept equal', () => {
  plans(
    files,
    {
      'is written where there is none': { actions: [write] },
      'needs nothing when it is equal': { found: rc('for emo\n') },
      'is replaced when it differs, and only what was seen': {
        found: rc('mine\n'),
        actions: [{ ...write, before: { kind: 'text', text: 'mine\n' } }],
      },
      'gets its bits back': {
        found: rc(file('for emo\n', 0o600)),
        actions: [{ kind: 'set-mode', path: write.path, mode: 0o644 }],
      },
      'is replaced when it is empty': {
        found: rc(''),
        actions: [{ ...write, before: { kind: 'text', text: '' } }],
      },
      'with another name is not written to': {
        found: rc(file('mine\n', 0o644, { links: 2 })),
        troubles: ['Refused HardLink: write tool: /home/emo/.config/tool/rc has 2 hard links: replace it by a copy'],
      },
      'with another name keeps its bits, which are the other’s too': {
        found: rc(file('for emo\n', 0o600, { links: 2 })),
        troubles: ['Refused HardLink: write tool: /home/emo/.config/tool/rc has 2 hard links: replace it by a copy'],
      },
      'with another name and nothing to change is left alone': {
        found: rc(file('for emo\n', 0o644, { links: 2 })),
      },
      'that is no text is not replaced': {
        found: rc(binary()),
        troubles: ['Refused NotText: write tool: /home/emo/.config/tool/rc is not UTF-8 text: move it away'],
      },
      'is not written through a link': {
        found: rc(link('/etc/shadow')),
        troubles: ['Refused SymbolicLink: write tool: /home/emo/.config/tool/rc is a symbolic link to /etc/shadow, which is never followed: remove it'],
      },
      'is not written below a link': {
        found: { home: { '.config': link('/etc') } },
        troubles: ['Refused SymbolicLink: write tool: /home/emo/.config is a symbolic link to /etc, which is never followed: remove it'],
      },
      'is not written below a file': {
        found: { home: { '.config': 'x' } },
        troubles: ['Refused NotADirectory: write tool: /home/emo/.config is not a directory: move it away'],
      },
      'is not written below what nobody may enter': {
        found: { home: { '.config': forbidden('/home/emo/.config') } },
        troubles: ['Waiting CannotRead: write tool: /home/emo/.config cannot be read: EACCES'],
      },
      'is not written over a directory': {
        found: rc(directory()),
        troubles: ['Refused IsDirectory: write tool: /home/emo/.config/tool/rc is a directory: move it away'],
      },
      'is not written over a FIFO': {
        found: rc(fifo),
        troubles: ['Refused SpecialFile: write tool: /home/emo/.config/tool/rc is a fifo: remove it'],
      },
      'is not written over what is too large to be ours': {
        found: rc(large),
        troubles: ['Refused TooLarge: write tool: /home/emo/.config/tool/rc has 5000000000 bytes, more than the 4194304 that are read: move it away'],
      },
    },
    declared(kept),
  ); // prettier-ignore
});

describe('a file that is made once', () => {
  const once = { ...kept, policy: 'IfAbsent', mode: '0600', directoryMode: '0700', sensitive: true };
  plans(
    files,
    {
      'is written where there is none': {
        actions: [{ ...write, mode: 0o600, directoryMode: 0o700, sensitive: true }],
      },
      'is the person’s own from then on, bits included': { found: rc(file('mine', 0o666)) },
      'may become a link': { found: rc(link('../elsewhere')) },
      'may be no text': { found: rc(binary()) },
      'is not made over a directory': {
        found: rc(directory()),
        troubles: ['Refused IsDirectory: write tool: /home/emo/.config/tool/rc is a directory: move it away'],
      },
    },
    declared(once),
  );
});

describe('a file that must not be there', () => {
  const gone = { name: 'old', path: '.cache/old/plugin', policy: 'Absent' };
  const remove = { kind: 'remove-tree', path: '/home/emo/.cache/old/plugin' };
  const cache = (thing: Things[string]) => ({ found: { home: { '.cache/old/plugin': thing } } });
  plans(
    files,
    {
      'is not there': {},
      'is removed with everything below it': { ...cache(directory()), actions: [remove] },
      'is removed when it is a file': { ...cache('x'), actions: [remove] },
      'is removed when it is a link, and the link only': { ...cache(link('/etc')), actions: [remove] },
      'cannot be there below a file': { found: { home: { '.cache/old': 'x' } } },
      'is not removed below a link': {
        found: { home: { '.cache/old': link('/home/ann') } },
        troubles: [
          'Refused SymbolicLink: remove old: /home/emo/.cache/old is a symbolic link to /home/ann, which is never followed: remove it',
        ],
      },
    },
    declared(gone),
  );
});

describe('the source of a file', () => {
  const copied = { name: 'tool', path: 'rc', source: 'files/rc' };
  const trouble = (found: string) => ({ troubles: [`Waiting ${found}`] });
  plans(
    files,
    {
      'is copied as it is': {
        found: { sources: { 'files/rc': '${user} stays\r\n' } },
        actions: [{ kind: 'write-file', path: '/home/emo/rc', content: '${user} stays\r\n' }],
      },
      'that is missing is waited for': trouble(
        'SourceMissing: write tool: its source files/rc does not exist: create it or mark the file optional',
      ),
      'that is no text is waited for': {
        found: { sources: { 'files/rc': binary() } },
        ...trouble('NotText: read the source of tool: files/rc is not UTF-8 text: correct it'),
      },
      'that is a directory is waited for': {
        found: { sources: { 'files/rc': directory() } },
        ...trouble('IsDirectory: read the source of tool: files/rc is a directory: move it away'),
      },
      'is not looked at where the file is the person’s own': {
        who: declared({ ...copied, policy: 'IfAbsent' }),
        found: { home: { rc: 'mine' } },
      },
    },
    declared(copied),
  );

  it('that is missing is no trouble where it is optional', () => {
    expect(planOf(files, declared({ ...copied, optional: true })).troubles).toEqual([]);
  });
});

describe('the files of the example', () => {
  const names = (plan: { actions: readonly object[] }) =>
    plan.actions.map((action) => ('path' in action ? action.path : ''));

  it('are made in a fresh home, and the launcher equals its source', () => {
    const plan = planOf(files);
    expect(troublesOf(plan)).toEqual([]);
    expect(names(plan)).toEqual([
      '/home/emo/start-claude.sh',
      '/home/emo/.config/playwright/token',
      '/home/emo/.claude/hooks/homelab-memory-recall.py',
      '/home/emo/.claude/hooks/auto-learn.py',
      '/home/emo/.claude/hooks/pre-compact-backup.sh',
      '/home/emo/.claude/hooks/post-compact-recovery.sh',
    ]);
    expect(plan.actions[0]).toMatchObject({ content: launcher, mode: 0o755 });
  });

  it('are made before the account is, from what /etc/skel would bring', () => {
    const plan = planOf(files, {}, { account: null, home: { 'start-claude.sh': file(launcher, 0o755) } });
    expect(names(plan)).not.toContain('/home/emo/start-claude.sh');
    expect(plan.actions).toHaveLength(5);
  });

  it('leave an admin the launcher they wrote themselves', () => {
    expect(names(planOf(files, { spec: { tier: 'admin' } }))).not.toContain('/home/emo/start-claude.sh');
  });
});

it('a file that names a port waits for a person in trouble over it, the others do not', () => {
  const who = {
    ports: {},
    ...declared({ ...kept, content: '${port.t3}' }, { ...kept, name: 'b', path: 'b' }),
  };
  const plan = planOf(files, who);
  expect(troublesOf(plan)).toEqual([
    'Waiting PortMissing: carry out tool: it waits for a port: see ServicesReady',
  ]);
  expect(plan.actions).toMatchObject([{ path: '/home/emo/b' }]);
});
