/** An agent that the kernel has no watches for: what changes is found all the same, by looking now and then. */
import { describeMachine } from '../../../harness/requirements.ts';
import { CODER, Ground, PLAIN } from './ground.ts';
import { withWatches } from './running.ts';

describeMachine('an agent without inotify watches', () => {
  let ground: Ground;
  beforeAll(async () => {
    ground = await Ground.of({ ada: PLAIN });
    await ground.start({ inside: withWatches(0), args: ['--resync', '3s'] });
    await ground.settle();
  });
  afterAll(() => ground.machine.destroy());

  it('says so once, with what to raise', () => {
    const said = ground.agent.said().match(/.*no inotify watches are left.*/g) ?? [];
    expect(said.map((line) => line.replace(/^\S+ /, ''))).toEqual([
      expect.stringMatching(/^warning watch .*raise fs\.inotify\.max_user_watches and reload/),
      expect.stringMatching(/^warning watch .*raise fs\.inotify\.max_user_watches and reload/),
    ]);
  });

  it('brings in whoever is declared, and repairs what has drifted', async () => {
    await ground.declare({ ...ground.people, bea: CODER });
    await ground.sh('rm /etc/site/ada.env /etc/site/map /home/ada/start.sh; gpasswd -d ada docker');
    await ground.converged();
    expect(await ground.sh('id -nG ada')).toContain('docker');
  });

  it('cuts off whoever is declared no more', async () => {
    await ground.declare({ ada: PLAIN });
    await ground.cutOff('bea');
    expect(await ground.agent.stop()).toBe(0);
  });
});
