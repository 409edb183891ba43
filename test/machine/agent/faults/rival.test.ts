/** Something else does the agent's work beside it: it is told of by its name, and never fought. */
import { describeMachine } from '../../../harness/requirements.ts';
import { eventually } from '../runner.ts';
import { Ground, PLAIN, POLICY, ROSTER, WORKSTATION } from './ground.ts';

const TIMER = 't3-provision-users.timer';
const UNIT = `/etc/systemd/system/${TIMER}`;
const WANTS = '/etc/systemd/system/timers.target.wants';
const ENABLE = `
  printf '[Timer]\\nOnCalendar=hourly\\n[Install]\\nWantedBy=timers.target\\n' >${UNIT}
  mkdir -p ${WANTS}; ln -sf ../${TIMER} ${WANTS}`;

describeMachine('an agent beside the timer that it supersedes', () => {
  let ground: Ground;
  beforeAll(async () => {
    ground = await Ground.of({ ada: PLAIN });
    await ground.start({ args: ['--resync', '3s'] });
    await ground.settle();
  });
  afterAll(() => ground.machine.destroy());

  const told = async () =>
    (await ground.machine.run([WORKSTATION, 'get', 'workstations', '-o', 'json'])).stdout.includes(
      `${TIMER} is still enabled and does this work too: run systemctl disable --now ${TIMER}`,
    );

  it('tells of it while it is enabled, and goes on', async () => {
    await ground.sh(ENABLE);
    await eventually('it is told of', told, { seen: ground.agent.said });
    await ground.repaired('ada');
    await ground.sh(`rm ${UNIT} ${WANTS}/${TIMER}`);
    await eventually('it is told of no more', async () => !(await told()), { seen: ground.agent.said });
  });

  it('does not begin where it is enabled', async () => {
    expect(await ground.agent.stop()).toBe(0);
    await ground.sh(ENABLE);
    const { code, stderr } = await ground.machine.run([WORKSTATION, 'agent', '-f', ROSTER, '-w', POLICY]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`${TIMER} is enabled or running and does this work too`),
    ]);
  });
});
