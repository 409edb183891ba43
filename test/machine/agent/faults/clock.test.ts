/** The clock of the machine jumps under a running agent: what it does next depends on how long ago, never on what time it is. */
import { describeMachine } from '../../../harness/requirements.ts';
import { CODER, Ground, PLAIN } from './ground.ts';
import { FAKE_CLOCK, jump } from './running.ts';

const HOUR = 3_600_000;

describeMachine('an agent whose clock jumps', () => {
  let ground: Ground;
  beforeAll(async () => {
    ground = await Ground.of({ ada: PLAIN, bea: CODER });
    await jump(ground, 0);
    await ground.start({ inside: FAKE_CLOCK, args: ['--resync', '3s'] });
    await ground.settle();
  });
  afterAll(() => ground.machine.destroy());

  it.each([
    ['a day ahead', 24],
    ['two days back', -24],
    ['to what it was', 0],
  ])('%s goes on bringing people in, repairing, and telling when', async (_, hours) => {
    const pid = await ground.agent.pid();
    await jump(ground, hours);
    await ground.sh('rm /etc/site/ada.env /etc/site/map; gpasswd -d ada docker');
    const newcomer = await ground.come(CODER);
    await ground.converged();
    await ground.work(newcomer);
    const { metadata } = (await ground.users()).find(({ metadata: { name } }) => name === newcomer)!;
    const told = Date.parse(metadata.creationTimestamp);
    expect(Math.abs(told - (Date.now() + hours * HOUR))).toBeLessThan(HOUR);
    expect(await ground.agent.pid()).toBe(pid);
  });

  it('cuts off whoever is declared no more, and stops', async () => {
    const { bea: _gone, ...staying } = ground.people;
    await jump(ground, -48);
    await ground.declare(staying);
    await ground.cutOff('bea');
    expect(await ground.agent.stop()).toBe(0);
  });
});
