import { describeMachine } from '../../harness/requirements.ts';
import { attacked, DEADLINE, expectConverged, SECRET, setStage, WORKSTATION } from './stage.ts';
import type { Stage } from './stage.ts';

/** Leaves a mark that tells who ran it, as what, and with which environment. */
const TRAP = `#!/bin/sh
{ echo "== $0 $*"; id -u; tr '\\0' '\\n' </proc/$$/environ; ls -l /proc/$$/fd; } >>/home/mallory/marks
[ "$1" = cat ] && exec cat
exit 0
`;

/** Git configuration that names programs to run, each a trap. */
const CONFIG = `
  git config core.fsmonitor ~/trap
  git config core.hooksPath ~/hooks
  git config core.pager ~/trap
  git config core.editor ~/trap
  git config core.askPass ~/trap
  git config core.sshCommand ~/trap
  git config gpg.program ~/trap
  git config diff.external ~/trap
  git config credential.helper '!~/trap'
  git config alias.fetch '!~/trap'
  git config alias.status '!~/trap'
  git config uploadpack.packObjectsHook ~/trap
  git config filter.trap.clean '~/trap cat'
  git config filter.trap.smudge '~/trap cat'
  git config filter.trap.process ~/trap
  git config remote.evil.url "ext::sh -c ~/trap"
  git config include.path ~/.gitconfig
`;

/** Everything that a shell of some kind reads by itself. */
const DOTFILES = [
  '.profile',
  '.bashrc',
  '.bash_profile',
  '.bash_logout',
  '.zshenv',
  '.zprofile',
  '.zshrc',
  '.zlogin',
];
const HOOKS = [
  'post-checkout',
  'post-merge',
  'pre-merge-commit',
  'reference-transaction',
  'post-index-change',
];

const STALE = 'touch -d "3 days ago" code/*/.git/FETCH_HEAD code/*/.git/config';

describeMachine('programs that a home would have others run', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await setStage();
    // Behind its upstream, so that there is something to be brought.
    await stage.as('mallory', 'git -C code/infra reset --quiet --hard HEAD~1');
    await stage.as('mallory', `cat >trap <<"END"\n${TRAP}END\nchmod 755 trap; mkdir hooks`);
    for (const name of DOTFILES) await stage.as('mallory', `echo '~/trap ${name}' >>${name}`);
    for (const name of HOOKS)
      await stage.as('mallory', `cp trap hooks/${name}; cp trap code/infra/.git/hooks/${name}`);
    await stage.as(
      'mallory',
      `cd code/infra; ${CONFIG} echo '* filter=trap' >.git/info/attributes; touch README; cd; ${STALE}`,
    );
  });
  afterEach(() => stage.machine.destroy());

  const marks = () => stage.as('mallory', 'cat marks 2>&- || :');

  it('do not run in a plan, whatever they are named in', async () => {
    await stage.as('mallory', 'rm start-claude.sh');
    const plan = await stage.workstation('plan');
    expect(plan.code).toBe(2);
    expect(plan.stdout).toMatch(/mallory/);
    expect(await marks()).toBe('');
  });

  it('do not run for a fetch, and a remote that is a command is refused', async () => {
    await stage.as('mallory', `rm -rf code/tripit; ${STALE}`);
    await attacked(stage);
    expect((await stage.status('mallory')).conditions['CodeFresh']).toMatchObject({
      // The remote is one of her own: that it is refused is said, and declared ones are fetched all the same.
      status: 'True',
      message: expect.stringContaining(
        "fetch other remotes of /home/mallory/code/infra: transport 'ext' not allowed",
      ),
    });
    expect(await marks()).toBe('');
  });

  it('run, where git cannot do without, as the person and with nothing of root’s', async () => {
    const filterOnly = 'git remote remove evil; git config --unset filter.trap.process; rm README';
    await stage.as('mallory', `cd code/infra; ${filterOnly}; cd; ${STALE}`);
    await attacked(stage);
    await stage.as('mallory', 'test -e code/infra/AHEAD.md');
    const left = await marks();
    const uid = (await stage.machine.output(['id', '-u', 'mallory'])).trim();
    expect(new Set(left.match(/^(== .*|\d+)$/gm))).toEqual(new Set(['== /home/mallory/trap cat', uid]));
    expect(left).toMatch(/^HOME=\/home\/mallory$/m);
    expect(left).not.toMatch(new RegExp(`${SECRET}|VAULT|/root|/opt/workstation-under-test|pts/`));
  });

  it('are not taken from git’s variables in root’s environment either', async () => {
    await stage.machine.write('/root/trap', '#!/bin/sh\ntouch /root/marked\n', 0o755);
    await stage.as('mallory', 'rm -r code/tripit');
    const env = {
      GIT_DIR: '/root',
      GIT_WORK_TREE: '/root',
      GIT_CONFIG_GLOBAL: '/root/none',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'core.fsmonitor',
      GIT_CONFIG_VALUE_0: '/root/trap',
      GIT_SSH_COMMAND: '/root/trap',
      GIT_EXTERNAL_DIFF: '/root/trap',
      GIT_TEMPLATE_DIR: '/root',
      BASH_ENV: '/root/trap',
      ENV: '/root/trap',
    };
    await stage.machine.run([WORKSTATION, 'apply'], { env, timeout: DEADLINE });
    expect((await stage.status('mallory')).message).toBe('everything is as declared');
    expect((await stage.machine.run(['test', '-e', '/root/marked'])).code).toBe(1);
    await stage.as('mallory', 'test -d code/tripit/.git');
  });

  it('in the way of her own clone are hers to remove: then all is in order again', async () => {
    await stage.as(
      'mallory',
      'cd code/infra; git config filter.trap.process false; git config filter.trap.required true',
    );
    await attacked(stage);
    await stage.as(
      'mallory',
      'cd code/infra; rm .git/info/attributes README; git remote remove evil; cd; ' + STALE,
    );
    await expectConverged(stage);
  });
});
