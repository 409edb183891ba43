/**
 * An agent among random edits, drift and faults, killed and started again all the time; then one that lives on among
 * them, and must not grow. WORKSTATION_SOAK_SEED repeats a run, WORKSTATION_SOAK_SECONDS says how long it lasts.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { describeMachine } from '../../../harness/requirements.ts';
import { Chance } from '../../../harness/chance.ts';
import { Ground, policy, POLICY, WORKSTATION } from '../faults/ground.ts';
import { Town } from './town.ts';

const SEED = Number(process.env['WORKSTATION_SOAK_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const SECONDS = Number(process.env['WORKSTATION_SOAK_SECONDS'] ?? 60);
/** Milliseconds that an agent lives at most before it is killed: a start and a first pass take about as long. */
const LIFE = 1500;

interface Sample {
  readonly descriptors: number;
  /** KiB. */
  readonly resident: number;
}

describeMachine(`a soak with WORKSTATION_SOAK_SEED=${SEED}`, () => {
  let ground: Ground;
  let town: Town;
  beforeAll(async () => {
    process.stderr.write(`soak: WORKSTATION_SOAK_SEED=${SEED} WORKSTATION_SOAK_SECONDS=${SECONDS}\n`);
    ground = await Ground.of({}, async (it) => {
      await it.machine.write(POLICY, policy.replace('massRemovalLimit: 3', 'massRemovalLimit: 20'));
    });
    town = new Town(ground, new Chance(SEED));
    for (let count = 0; count < 3; count += 1) await town.come();
  });
  afterAll(() => ground.machine.destroy());

  const start = () => ground.start({ args: ['--resync', '3s'] });
  const happenFor = async (seconds: number): Promise<void> => {
    for (const end = Date.now() + seconds * 1000; Date.now() < end;) await town.happen();
  };

  it(
    'of an agent that is killed at any instant ends with everybody as declared',
    async () => {
      const over = new AbortController();
      let kills = 0;
      const chance = new Chance(SEED + 1);
      const life = async (): Promise<void> => {
        while (!over.signal.aborted) {
          await start();
          await pause(chance.below(LIFE));
          await ground.agent.kill();
          kills += 1;
        }
      };
      const living = life();
      await happenFor(SECONDS / 2).finally(() => over.abort());
      await living;
      process.stderr.write(`soak: ${kills} agents killed in ${town.did.length} happenings\n`);
      await town.rest();
      await start();
      await town.expectWell();
      await ground.agent.stop();
    },
    SECONDS * 1000 + 180_000,
  );

  it(
    'of an agent that lives on leaves it as small as it was',
    async () => {
      await start();
      await town.expectWell();
      await happenFor(SECONDS / 4);
      await town.rest();
      await town.expectWell();
      const before = await sample();
      await happenFor(SECONDS / 4);
      await town.rest();
      await town.expectWell();
      const after = await sample();
      process.stderr.write(`soak: ${JSON.stringify({ before, after })}\n`);
      expect(after.descriptors).toBeLessThanOrEqual(before.descriptors + 5);
      expect(after.resident).toBeLessThan(1.5 * before.resident);
      expect(await ground.agent.stop()).toBe(0);
      expect((await ground.machine.run([WORKSTATION, 'history', '-o', 'json'])).code).toBe(0);
      expect((await ground.machine.run(['pgrep', '-f', 'host/home/child.js'])).stdout).toBe('');
    },
    SECONDS * 1000 + 180_000,
  );

  /** Of the agent and its helper, once nothing goes on. */
  async function sample(): Promise<Sample> {
    const pid = await ground.agent.pid();
    const script = `ls /proc/${pid}/fd | wc -l; sed -n 's/^VmRSS:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/${pid}/status`;
    const [descriptors = 0, resident = 0] = (await ground.sh(script)).split('\n').map(Number);
    return { descriptors, resident };
  }
});
