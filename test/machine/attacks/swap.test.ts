import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { CHECKOUT } from '../../harness/machine/machine.ts';
import { describeMachine } from '../../harness/requirements.ts';
import { changesBetween, inventory } from './inventory.ts';
import { expectConverged, expectNothingGained, expectServed, setStage } from './stage.ts';
import type { Stage } from './stage.ts';

/** Milliseconds of passes. */
const SPAN = 8_000;
const NODE = `${CHECKOUT}/node_modules/.bin/node`;
const SWAPPER = `${CHECKOUT}/test/machine/home/swapper.ts`;

describeMachine('a directory that its owner swaps for a link as fast as she can', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await setStage();
  });
  afterEach(() => stage.machine.destroy());

  it.each([
    ['.claude/hooks', '/etc/cron.d'],
    ['.kube', '/home/alice/.kube'],
    ['code', '/home/alice/code'],
  ])('%s, to %s, leads no pass astray', async (path, target) => {
    await stage.as('mallory', `mv ${path} ${path}.before; rm -rf .claude/settings.json`);
    const before = await inventory(stage.machine, ['mallory']);
    const stop = await startSwapping(stage, path, target);
    let passes = 0;
    for (const end = Date.now() + SPAN / 3; Date.now() < end || passes < 2; passes += 1) {
      await stage.as('mallory', 'rm -f start-claude.sh');
      await stage.as('alice', 'rm -f start-claude.sh .kube/config');
      await stage.workstation('apply');
      await expectServed(stage, ['alice', 'bob']);
    }
    await stop();
    expect(passes).toBeGreaterThan(1);
    expect(changesBetween(before, await inventory(stage.machine, ['mallory']))).toEqual([]);
    await expectNothingGained(stage, ['mallory']);
    await stage.as(
      'mallory',
      `rm -rf ${path} ${path}.aside ${path}.link ${path}.junk*; mv ${path}.before ${path}`,
    );
    await expectConverged(stage);
  });
});

/** Returns once it goes on; what is returned ends it. */
async function startSwapping({ machine }: Stage, path: string, target: string): Promise<() => Promise<void>> {
  const uid = (await machine.output(['id', '-u', 'mallory'])).trim();
  const [program = '', ...enter] = machine.enter;
  const swapper = spawn(program, [...enter, NODE, SWAPPER, uid, `/home/mallory/${path}`, target], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(swapper.stdout, 'data');
  return async () => {
    await machine.run(['pkill', '-KILL', '-u', 'mallory']);
    if (swapper.exitCode === null && swapper.signalCode === null) await once(swapper, 'exit');
  };
}
