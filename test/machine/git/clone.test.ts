import { parseGitVariables } from '../../../src/sections/gitconfig.ts';
import { describeMachine } from '../../harness/requirements.ts';
import { PASSWORD } from './inside.ts';
import {
  act,
  asAda,
  clone,
  CODE,
  homeNames,
  inCode,
  machine,
  names,
  PASS_THROUGH,
  REFRESH,
  UPSTREAM,
} from './stage.ts';

describeMachine('a clone', () => {
  it('has the configuration, branch, upstream and files that are declared, and keeps ciphertext as it is', async () => {
    expect(await clone()).toEqual({ kind: 'done' });
    expect(await inCode('git status -sb')).toBe('## main...canonical/main\n');
    expect(await names(CODE.path)).toEqual(['.git', '.gitattributes', 'AHEAD', 'README', 'inner', 'secrets']);
    expect(await inCode('cat secrets/token')).toBe('\0LOCKED\0bytes');
    expect(await inCode('git branch --all --format="%(refname) %(symref)"')).toBe(
      'refs/heads/main \nrefs/remotes/canonical/main \nrefs/remotes/origin/HEAD refs/remotes/origin/main\nrefs/remotes/origin/main \n',
    );
    const settings = parseGitVariables(await inCode('cat .git/config')).map(
      ({ section, subsection, key, value }) =>
        [section, subsection, key].filter(Boolean).join('.') + `=${value}`,
    );
    expect(settings.sort()).toEqual(
      [
        'core.repositoryformatversion=0',
        'core.filemode=true',
        'core.bare=false',
        'core.logallrefupdates=true',
        'remote.origin.url=file:///srv/git/code.git',
        'remote.origin.fetch=+refs/heads/*:refs/remotes/origin/*',
        'remote.canonical.url=file:///srv/git/canonical.git',
        'remote.canonical.fetch=+refs/heads/*:refs/remotes/canonical/*',
        'branch.main.remote=canonical',
        'branch.main.merge=refs/heads/main',
        ...PASS_THROUGH,
      ].sort(),
    );
    expect(await asAda('find ~/code ! -user ada -o ! -group ada')).toBe('');
    expect(await homeNames()).toEqual(['code']);
  });

  it('without a branch of its own is of what the remote has', async () => {
    const { branch: _, upstream: __, ...plain } = CODE;
    expect(await act({ kind: 'clone', clone: { ...plain, config: [] } })).toEqual({ kind: 'done' });
    expect(await inCode('git status -sb')).toBe('## main...origin/main\n');
  });

  it('tracks origin, and says so, while its upstream cannot be fetched', async () => {
    expect(await clone({ upstream: { ...UPSTREAM, url: 'file:///srv/git/gone.git' } })).toEqual({
      kind: 'done',
      note: expect.stringMatching(
        /^track canonical: '\/srv\/git\/gone.git' does not .*: check the address.*: until then the clone tracks origin$/,
      ),
    });
    expect(await inCode('git status -sb')).toBe('## main...origin/main\n');
    expect(await inCode('git config remote.canonical.url')).toBe('file:///srv/git/gone.git\n');
  });

  it('comes to its place also when its upstream never answers', async () => {
    const done = await clone(
      { upstream: { ...UPSTREAM, url: 'git://127.0.0.1:PORT/' }, timeout: 2000 },
      { server: 'silent' },
    );
    expect(done).toEqual({
      kind: 'done',
      note: expect.stringMatching(/^track canonical: no end within 2 s, killed/),
    });
    expect(await inCode('git status -sb')).toBe('## main...origin/main\n');
  });

  it.each([
    [
      'a branch that the remote has not',
      { branch: 'gone' },
      'BranchMissing',
      /^clone \S+: Remote branch gone not found in upstream origin: name/,
    ],
    [
      'a remote that is gone',
      { url: 'file:///srv/git/gone.git' },
      'RemoteMissing',
      /^clone \S+: .*gone.git.*: check the address/,
    ],
    [
      'a remote that refuses',
      { url: 'http://127.0.0.1:1/code.git' },
      'RemoteUnreachable',
      /^clone \S+: .*Failed to connect.*: check the network/,
    ],
  ] as const)('of %s fails with a sentence, and leaves nothing', async (_, change, reason, message) => {
    const done = await clone(change);
    expect(done).toEqual({ kind: 'failed', reason, message: expect.stringMatching(message) });
    expect(await homeNames()).toEqual([]);
    expect(await names('/tmp')).toEqual([]);
  });

  it('of a remote that runs a program fails, whatever the person allows', async () => {
    await asAda('git config --global protocol.ext.allow always');
    const done = await clone({ url: 'ext::touch /tmp/ran' });
    expect(done).toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/transport 'ext' not allowed$/),
    });
    expect(await names('/tmp')).toEqual([]);
  });

  it.each([
    ['never answers', 'silent', 'git'],
    ['never answers', 'silent', 'http'],
    ['never comes to an end', 'slow', 'http'],
  ] as const)('of a remote that %s ends in time, with all it started (%s, %s)', async (_, server, scheme) => {
    const done = await clone({ url: `${scheme}://127.0.0.1:PORT/code.git`, timeout: 700 }, { server });
    expect(done).toMatchObject({ kind: 'failed', reason: 'TimedOut' });
    expect(await homeNames()).toEqual([]);
    expect((await machine.run(['pgrep', '--count', 'git'])).stdout).toBe('0\n');
  });

  it('that was killed half way leaves nothing that the next one does not remove', async () => {
    await asAda('mkdir -p ~/.workstation-0123456789abcdef0123456789abcdef/.git ~/.workstation-mine');
    expect(await clone()).toEqual({ kind: 'done' });
    expect(await homeNames()).toEqual(['.workstation-mine', 'code']);
  });

  it('does not replace what has come to its place meanwhile', async () => {
    await asAda('mkdir ~/code; echo mine >~/code/file');
    expect(await clone()).toEqual({
      kind: 'failed',
      reason: 'CannotRun',
      message: expect.stringContaining('/home/ada/code: it exists'),
    });
    expect(await homeNames()).toEqual(['code']);
    expect(await names(CODE.path)).toEqual(['file']);
  });

  it('uses the credentials that the person keeps, and asks nobody where there are none', async () => {
    const { upstream: _, ...plain } = CODE;
    const order = { kind: 'clone', clone: { ...plain, url: 'http://127.0.0.1:PORT/canonical.git' } } as const;
    const denied = await act(order, { server: 'private' });
    expect(denied).toMatchObject({ kind: 'failed', reason: 'AccessDenied' });
    await asAda(
      `git config --global credential.helper '!f() { echo username=ada; echo password=${PASSWORD}; id -u >>/tmp/asked; }; f'`,
    );
    expect(await act(order, { server: 'private' })).toEqual({ kind: 'done' });
    expect(await machine.read('/tmp/asked')).toMatch(/^(1000\n)+$/);
  });

  it('shows no credentials that an address holds', async () => {
    const done = await clone(
      { url: `http://ada:${PASSWORD}x@127.0.0.1:PORT/gone.git` },
      { server: 'private' },
    );
    expect(done.kind).toBe('failed');
    expect(JSON.stringify(done)).not.toContain(PASSWORD);
  });

  it('in an image is not made with what a namesake on this machine has set up, and other work is left there', async () => {
    await asAda('git config --global url.file:///srv/git/gone.insteadOf file:///srv/git/code');
    await machine.output(['install', '-d', '-o', 'ada', '-g', 'ada', '/image/home/ada']);
    const image = { reach: { kind: 'image', root: '/image' } } as const;
    expect(await clone({}, image)).toEqual({ kind: 'done' });
    expect(await names('/image/home/ada/code')).toContain('AHEAD');
    expect(await act(REFRESH, image)).toEqual({
      kind: 'done',
      note: expect.stringContaining('first boot'),
      unchanged: true,
    });
    expect(await homeNames()).toEqual(['.gitconfig']);
  });

  it('cannot be made without git, and says what to install', async () => {
    await machine.output(['mv', '/usr/bin/git', '/usr/bin/tig']);
    expect(await clone()).toEqual({
      kind: 'failed',
      reason: 'GitMissing',
      message: `clone ${CODE.url}: git: command not found: install the Debian package git`,
    });
  });
});
