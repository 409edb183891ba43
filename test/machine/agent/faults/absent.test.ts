/** What an agent's policy names is not on the machine, or not yet: who can be served is, and the rest once it is there. */
import { describeMachine } from '../../../harness/requirements.ts';
import { eventually } from '../runner.ts';
import { Ground, PLAIN, policy, POLICY } from './ground.ts';

describeMachine('an agent on a machine that lacks', () => {
  let ground: Ground;
  beforeAll(async () => {
    ground = await Ground.of({ ada: PLAIN });
    await ground.start();
    await ground.settle();
  });
  afterAll(() => ground.machine.destroy());

  const missing: [string, string, string, RegExp, string][] = [
    [
      'a source',
      'source: /opt/launcher.sh',
      'source: /opt/absent.sh',
      /FilesReady=False .*\/opt\/absent\.sh does not exist/,
      'cp /opt/launcher.sh /opt/absent.sh',
    ],
    [
      'a group',
      'admin: [docker]',
      'admin: [docker, absent]',
      /AccountReady=True .*group absent does not exist on this machine/,
      'groupadd absent',
    ],
    [
      'a shell',
      'shell: /bin/sh',
      'shell: /bin/absent',
      /AccountReady=False .*no shell \/bin\/absent on the machine/,
      'cp /bin/sh /bin/absent',
    ],
    [
      'a unit',
      "units: ['t3-serve@",
      "units: ['absent@${user}.service', 't3-serve@",
      /ServicesReady=False .*absent@new\d\.service: this machine has no such unit: install it/,
      'cp /etc/systemd/system/t3-serve@.service /etc/systemd/system/absent@.service',
    ],
  ];
  it.each(missing)(
    '%s serves everybody else, and everybody once it is there',
    async (_, had, wants, said, cure) => {
      const pid = await ground.agent.pid();
      await ground.machine.write(POLICY, policy.replace(had, wants));
      const newcomer = await ground.come(PLAIN);
      const [type = ''] = /[A-Za-z]+/.exec(said.source) ?? [];
      await eventually('it is said', async () => said.test(await ground.said(newcomer, type)), {
        seen: ground.agent.said,
      });
      await ground.repaired('ada');
      await ground.sh(cure);
      await ground.converged();
      await ground.work(newcomer);
      expect(await ground.agent.pid()).toBe(pid);
    },
  );
});
