import type { GitAction } from '../../../src/sections/action.ts';
import { describeMachine } from '../../harness/requirements.ts';
import { act, asAda, clone, CODE, inCode, machine, names, REFRESH, UPSTREAM } from './stage.ts';

describeMachine('a clone that was interrupted before its first checkout', () => {
  it('is finished: configured, checked out, and tracking its upstream', async () => {
    await asAda('git clone -q --no-checkout file:///srv/git/code.git ~/code');
    expect(await act({ kind: 'finish-clone', clone: CODE })).toEqual({ kind: 'done' });
    expect(await inCode('git status -sb')).toBe('## main...canonical/main\n');
    expect(await names(CODE.path)).toContain('AHEAD');
    expect(await inCode('cat secrets/token')).toBe('\0LOCKED\0bytes');
  });

  it('replaces no file that has come there meanwhile', async () => {
    await asAda('git clone -q --no-checkout file:///srv/git/code.git ~/code; echo mine >~/code/README');
    expect(await act({ kind: 'finish-clone', clone: CODE })).toMatchObject({ kind: 'failed' });
    expect(await inCode('cat README')).toBe('mine\n');
  });
});

describeMachine('an upstream', () => {
  const SET = {
    kind: 'set-upstream',
    path: CODE.path,
    branch: 'main',
    upstream: UPSTREAM,
    timeout: 20_000,
  } as const;

  it('is added and tracked', async () => {
    await asAda('git -c filter.lock.required=false clone -q file:///srv/git/code.git ~/code');
    expect(await act({ ...SET, add: true })).toEqual({ kind: 'done' });
    expect(await inCode('git status -sb')).toBe('## main...canonical/main [behind 1]\n');
  });

  it('that cannot be fetched leaves the branch tracking what it did', async () => {
    await asAda(
      'git clone -q file:///srv/git/code.git ~/code; cd ~/code; git remote add canonical /srv/git/gone.git',
    );
    expect(await act({ ...SET, add: false })).toMatchObject({ kind: 'failed', reason: 'RemoteMissing' });
    expect(await inCode('git status -sb')).toBe('## main...origin/main\n');
  });
});

describeMachine('a clone inside another', () => {
  const hoist = (name: string): GitAction => ({
    kind: 'hoist-clone',
    outer: CODE.path,
    from: `${CODE.path}/${name}`,
    clone: { url: CODE.url, path: `/home/ada/${name}`, config: [], timeout: 20_000 },
  });

  it('is moved out with all that is in it', async () => {
    await clone();
    await inCode('git clone -q file:///srv/git/canonical.git nested; echo mine >nested/mine');
    expect(await act(hoist('nested'))).toEqual({ kind: 'done' });
    expect(await asAda('cat ~/nested/mine')).toBe('mine\n');
    expect(await names(CODE.path)).not.toContain('nested');
  });

  it('stays where the outer one tracks its path, and is cloned anew', async () => {
    await clone();
    await inCode('git init -q inner');
    expect(await act(hoist('inner'))).toEqual({ kind: 'done' });
    expect(await names('/home/ada/inner')).toContain('README');
    expect(await names(`${CODE.path}/inner`)).toEqual(['.git', 'file']);
  });
});

describeMachine('a refreshed clone', () => {
  const push = () =>
    machine.output([
      'bash',
      '-ec',
      'cd /srv/tree; echo new >NEW; git add -A; git commit -qm new; git push -q /srv/git/canonical.git main',
    ]);
  const head = () => inCode('git rev-parse HEAD');
  const note = async () => {
    const done = await act(REFRESH);
    return done.kind === 'done' ? done.note : done;
  };

  beforeEach(() => clone());

  it('has what its remotes have, and is fast-forwarded', async () => {
    expect(await note()).toBeUndefined();
    await push();
    expect(await note()).toBeUndefined();
    expect(await names(CODE.path)).toContain('NEW');
  });

  it.each([
    [
      'a changed file',
      'echo mine >>README',
      'it has changes that are not committed or files that git does not know',
    ],
    [
      'a file that git does not know',
      'touch mine',
      'it has changes that are not committed or files that git does not know',
    ],
    ['another branch', 'git checkout -q -b mine', 'main is not checked out'],
    ['no branch', 'git checkout -q --detach', 'main is not checked out'],
    [
      'a commit of its own',
      'git commit -q --allow-empty -m mine',
      'main has commits that its upstream has not',
    ],
    ['no upstream', 'git branch --unset-upstream', 'main has no upstream, or its remote has no such branch'],
  ])('with %s stays as it is, and is fetched', async (_, script, reason) => {
    await inCode(script);
    await push();
    const before = await head();
    expect(await note()).toBe(`/home/ada/code: not fast-forwarded, ${reason}`);
    expect(await head()).toBe(before);
    expect(await inCode('git log -1 --format=%s canonical/main')).toBe('new\n');
  });

  it('is fast-forwarded though a remote that the person has added cannot be fetched, which is noted', async () => {
    await push();
    await inCode('git remote add mine file:///srv/git/gone.git');
    expect(await note()).toMatch(/^fetch other remotes of \/home\/ada\/code: .*gone\.git.* does not appear/);
    expect(await names(CODE.path)).toContain('NEW');
  });

  it('has asked each remote once', async () => {
    const upload = '#!/bin/sh\necho "$*" >>/tmp/served\nexec git-upload-pack "$@"\n';
    await machine.write('/usr/local/bin/upload', upload, 0o755);
    await inCode(`git remote add mine file:///srv/git/code.git
      for name in origin canonical mine; do git config remote.$name.uploadpack /usr/local/bin/upload; done`);
    expect(await note()).toBeUndefined();
    const served = (await machine.read('/tmp/served')).trim().split('\n');
    expect(served.sort()).toEqual(['/srv/git/canonical.git', '/srv/git/code.git', '/srv/git/code.git']);
  });

  it('has what remotes of the person’s own have, where they want them fetched', async () => {
    await inCode(`git remote rm origin
      for name in mine unwanted; do git remote add $name file:///srv/git/code.git; done
      git config remote.unwanted.skipFetchAll true`);
    expect(await act({ ...REFRESH, remotes: [] })).toEqual({ kind: 'done', unchanged: true });
    expect(await inCode('git branch --remotes --list "mine/*" "unwanted/*"')).toBe('  mine/main\n');
  });

  it('of which one remote cannot be fetched stays as it is', async () => {
    await push();
    await inCode('git remote set-url origin file:///srv/git/gone.git');
    const before = await head();
    expect(await act(REFRESH)).toMatchObject({ kind: 'failed', reason: 'RemoteMissing' });
    expect(await head()).toBe(before);
  });

  it('whose own repository is broken is not looked for further up', async () => {
    await asAda('git init -q ~; rm -r ~/code/.git/HEAD');
    expect(await act(REFRESH)).toMatchObject({ kind: 'failed' });
    expect(await asAda('ls ~/.git')).not.toContain('FETCH_HEAD');
  });

  it('runs what the person has set up as the person, and hooks and monitors not at all', async () => {
    await machine.write('/usr/local/bin/trap', '#!/bin/sh\necho "$(id -u) $1" >>/tmp/traps\ncat\n', 0o755);
    await inCode(`
      git config --global core.fsmonitor '/usr/local/bin/trap fsmonitor'
      git config --global core.pager '/usr/local/bin/trap pager'
      git config --global alias.status '!/usr/local/bin/trap alias'
      git config --global core.askPass '/usr/local/bin/trap askpass'
      printf '[filter "lock"]\\n\\tclean = /usr/local/bin/trap clean\\n\\tsmudge = /usr/local/bin/trap smudge\\n' >~/more
      git config --global include.path ~/more
      git config --unset filter.lock.clean; git config --unset filter.lock.smudge
      for hook in post-checkout post-merge reference-transaction post-index-change; do
        ln -s /usr/local/bin/trap .git/hooks/$hook
      done
      touch secrets/token
    `);
    await machine.output([
      'bash',
      '-ec',
      'cd /srv/tree; printf locked >secrets/new; git add -A; git commit -qm new; git push -q /srv/git/canonical.git main',
    ]);
    const hostile = {
      GIT_DIR: '/srv/tree/.git',
      GIT_TRACE: '/tmp/trace',
      GIT_EXTERNAL_DIFF: '/usr/local/bin/trap diff',
    };
    expect(await act(REFRESH, {}, hostile)).toEqual({ kind: 'done' });
    expect(await names(`${CODE.path}/secrets`)).toEqual(['new', 'token']);
    const traps = new Set((await machine.read('/tmp/traps')).trim().split('\n'));
    expect([...traps].sort()).toEqual(['1000 clean', '1000 smudge']);
    expect(await names('/tmp')).not.toContain('trace');
  });

  it('reaches ssh remotes by the command that the person has configured', async () => {
    await machine.write(
      '/usr/local/bin/own-ssh',
      '#!/bin/sh\necho "$(id -u) $*" >>/tmp/ssh\nexit 255\n',
      0o755,
    );
    await inCode('git remote set-url origin ssh://git.example.org/code.git');
    await inCode('git config --global core.sshCommand "/usr/local/bin/own-ssh -i key"');
    expect(await act(REFRESH)).toMatchObject({ kind: 'failed' });
    expect(await machine.read('/tmp/ssh')).toMatch(/^1000 -i key .*git\.example\.org/m);
  });

  it('reaches ssh remotes without asking anything where nothing is configured', async () => {
    await machine.write('/usr/local/bin/ssh', '#!/bin/sh\necho "$(id -u) $*" >>/tmp/ssh\nexit 255\n', 0o755);
    await inCode('git remote set-url origin ssh://git.example.org/code.git');
    expect(await act(REFRESH)).toMatchObject({ kind: 'failed' });
    expect(await machine.read('/tmp/ssh')).toMatch(
      /^1000 -o BatchMode=yes -o ConnectTimeout=20 .*git\.example\.org/m,
    );
  });
});
