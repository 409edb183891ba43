import { describeMachine } from '../../harness/requirements.ts';
import { attacked, expectConverged, expectNothingGained, setStage } from './stage.ts';
import type { Stage } from './stage.ts';

describeMachine('files in a home that are not only its owner’s', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await setStage();
  });
  afterEach(() => stage.machine.destroy());

  /** As root: the kernel may protect hard links, and a home may be older than that protection. */
  const asRoot = (script: string) => stage.machine.output(['sh', '-ec', script]);

  it('a hard link to a file of root’s is neither changed nor given away', async () => {
    await asRoot(
      'rm /home/mallory/start-claude.sh; cp /bin/true /etc/held; ln /etc/held /home/mallory/start-claude.sh',
    );
    await attacked(stage, ['mallory'], ['/home/mallory/start-claude.sh']);
    const held = await stage.machine.output(['stat', '-c', '%U %a %h', '/etc/held']);
    expect(held).toBe('root 755 2\n');
    expect(await stage.status('mallory')).toMatchObject({
      message: expect.stringMatching(/start-claude.sh/),
    });
    await asRoot('rm /home/mallory/start-claude.sh');
    await expectConverged(stage);
  });

  it('a hard link to another person’s file changes only for its owner', async () => {
    await stage.as('alice', 'echo {} >notes.json');
    await asRoot(
      'rm /home/mallory/.claude/settings.json; ln /home/alice/notes.json /home/mallory/.claude/settings.json',
    );
    await attacked(stage, ['mallory'], ['/home/mallory/.claude/settings.json']);
    expect((await stage.status('mallory')).message).toMatch(
      /^FilesReady: merge memory-hooks: .*settings.json/,
    );
    await stage.as('mallory', 'rm -f .claude/settings.json');
    await expectConverged(stage);
  });

  it('set-id bits on managed files and directories do not stay on what the program writes', async () => {
    await stage.as(
      'mallory',
      'chmod 4755 start-claude.sh; echo mine >.claude/hooks/auto-learn.py; chmod 6777 .claude/hooks/auto-learn.py',
    );
    await attacked(stage);
    expect((await stage.status('mallory')).message).toBe('everything is as declared');
  });

  it('a directory that root made becomes hers, what lies in it does not', async () => {
    await asRoot(
      'chown root:root /home/mallory/.claude/hooks; cp /root/secret /home/mallory/.claude/hooks/.secret',
    );
    await attacked(stage, ['mallory'], ['/home/mallory/.claude/hooks/.secret']);
    const owners = await asRoot(
      'stat -c "%U %a" /home/mallory/.claude/hooks /home/mallory/.claude/hooks/.secret',
    );
    expect(owners).toBe('mallory 755\nroot 600\n');
    expect((await stage.status('mallory')).message).toBe('everything is as declared');
  });

  it('a directory of root’s that is mounted in the home is not given away', async () => {
    await asRoot('mkdir -m 755 /srv/shared; mount --bind /srv/shared /home/mallory/.claude/hooks');
    await attacked(stage, ['mallory'], ['/home/mallory/.claude/hooks']);
    expect(await asRoot('stat -c %U /srv/shared')).toBe('root\n');
    expect((await stage.status('mallory')).message).toMatch(
      /a file system is mounted on \S+hooks: unmount it/,
    );
    await asRoot('umount /home/mallory/.claude/hooks');
    await expectConverged(stage);
  });

  it('whatever directories are missing come to be the person’s own', async () => {
    await stage.as(
      'mallory',
      'mv .local/bin bin; find . -mindepth 1 -maxdepth 1 ! -name bin ! -name .secret ! -name .config -exec rm -rf {} +; rm -r .config/playwright; mkdir .local; mv bin .local; mkdir .codex',
    );
    await attacked(stage);
    await expectNothingGained(stage, ['mallory']);
    expect(
      await stage.as(
        'mallory',
        'stat -c "%a %U %n" .claude .claude/hooks .config .config/playwright .kube .local/state code',
      ),
    ).toMatchInlineSnapshot(`
     "755 mallory .claude
     755 mallory .claude/hooks
     755 mallory .config
     700 mallory .config/playwright
     700 mallory .kube
     755 mallory .local/state
     755 mallory code
     "
    `);
    expect((await stage.status('mallory')).message).toBe('everything is as declared');
  });
});
