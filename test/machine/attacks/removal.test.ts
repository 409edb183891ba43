import { describeMachine } from '../../harness/requirements.ts';
import { attacked, expectConverged, setStage } from './stage.ts';
import type { Stage } from './stage.ts';

const DOOMED = '.claude/plugins/claude-memory';

describeMachine('a directory that the program removes from a home', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await setStage();
    await stage.as('mallory', `mkdir -p ${DOOMED}/deep/er; touch ${DOOMED}/deep/file`);
  });
  afterEach(() => stage.machine.destroy());

  const isGone = async () => (await stage.machine.run(['test', '-e', `/home/mallory/${DOOMED}`])).code === 1;

  it('goes with the links in it, and nothing that they lead to', async () => {
    const targets = ['/', '/etc', '/etc/shadow', '/home/alice', '/root', '../../../..', '..'];
    const links = targets.map((target, index) => `ln -s ${target} ${DOOMED}/deep/link${index}`);
    await stage.as('mallory', links.join('; '));
    await attacked(stage);
    expect(await isGone()).toBe(true);
    expect((await stage.status('mallory')).message).toBe('everything is as declared');
  });

  it('stays where another person’s home is mounted in it, and that is said', async () => {
    await stage.machine.output(['mount', '--bind', '/home/alice', `/home/mallory/${DOOMED}/deep/er`]);
    await attacked(stage, ['mallory'], await below(stage, `/home/mallory/${DOOMED}/deep/er`));
    expect((await stage.status('mallory')).message).toMatch(
      /^FilesReady: remove \S+claude-memory: a file system is mounted on \S+\/deep\/er: unmount it$/,
    );
    await stage.machine.output(['umount', `/home/mallory/${DOOMED}/deep/er`]);
    await expectConverged(stage);
    expect(await isGone()).toBe(true);
  });

  it('goes though its owner keeps filling it', async () => {
    const fill = `while mkdir -p ${DOOMED}/deep 2>&- && touch ${DOOMED}/deep/$$ 2>&-; do :; done`;
    await stage.as('mallory', `(${fill}) >/dev/null 2>&1 & (${fill}) >/dev/null 2>&1 &`);
    await attacked(stage);
    await stage.machine.run(['pkill', '-KILL', '-u', 'mallory']);
    await expectConverged(stage);
    expect(await isGone()).toBe(true);
  });

  it('goes though nobody but root could look into it', async () => {
    await stage.as('mallory', `chmod 0 ${DOOMED}/deep/er ${DOOMED}/deep ${DOOMED}`);
    await attacked(stage);
    expect(await isGone()).toBe(true);
  });
});

async function below({ machine }: Stage, directory: string): Promise<string[]> {
  return (await machine.output(['find', directory])).trim().split('\n');
}
