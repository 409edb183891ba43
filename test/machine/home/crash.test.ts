import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Homes } from '../../../src/host/home/homes.ts';
import { describeMachine } from '../../harness/requirements.ts';
import { clearGrounds, helpersOf, mallory, prepareGround } from './ground.ts';

const CRASHES = 120;
/** Milliseconds within which the helper is killed; what it is doing takes about as long. */
const SPAN = 20;
const [OLD = '', NEW = ''] = ['a', 'b'].map((letter) => letter.repeat(200_000));

let home: string;
let homes: Homes;

describeMachine('a helper that is killed at any instant', () => {
  beforeEach(() => {
    const root = prepareGround();
    home = join(root, mallory.home);
    homes = new Homes({ root });
  });
  afterEach(async () => {
    await homes.close();
    clearGrounds();
  });

  it('leaves the old content or the new, and the next pass finishes and tidies', async () => {
    let leftovers = 0;
    for (let crash = 0; crash < CRASHES; crash += 1) {
      await homes.observe(mallory, []);
      const work = Promise.allSettled(Array.from({ length: 10 }, (_, i) => pass(i)));
      const [pid = 0] = helpersOf(process.pid);
      await setTimeout(Math.random() * SPAN);
      process.kill(pid, 'SIGKILL');
      await work;
      leftovers += leftoversIn(home).length;
      for (const name of namesIn(home)) expectWhole(join(home, name));
    }
    await pass(CRASHES);
    // Crashes did hit the middle of the work, and nothing of it is left.
    expect(leftovers).toBeGreaterThan(CRASHES / 10);
    expect([leftoversIn(home), namesIn(home), namesIn(join(home, 'tree'))]).toEqual([
      [],
      ['f', 'g', 'tree'],
      ['x'],
    ]);
    expect(statSync(join(home, 'g')).nlink).toBe(1);
  });
});

/** Work that replaces a file, makes one anew, and moves and removes others, and that finds what an earlier one left. */
async function pass(turn: number): Promise<void> {
  const at = (name: string): string => `${mallory.home}/${name}`;
  const file = { content: turn % 2 === 0 ? OLD : NEW, mode: 0o600 };
  await Promise.all([
    homes.writeFile(mallory, { path: at('f'), ...file }),
    homes.removeTree(mallory, at('g')),
    homes.writeFile(mallory, { path: at('moving'), ...file }),
    homes.rename(mallory, { from: at('moving'), to: at('g') }),
    homes.removeTree(mallory, at('tree')),
    homes.makeDirectory(mallory, { path: at('tree/x'), mode: 0o700 }),
  ]);
}

function leftoversIn(directory: string): string[] {
  return readdirSync(directory).filter((name) => name.startsWith('.workstation-'));
}

function namesIn(directory: string): string[] {
  return readdirSync(directory).filter((name) => !name.startsWith('.'));
}

function expectWhole(path: string): void {
  const { mode, uid, gid } = statSync(path);
  if (path.endsWith('tree')) return;
  expect([mode & 0o7777, uid, gid]).toEqual([0o600, mallory.uid, mallory.gid]);
  expect([OLD, NEW]).toContain(readFileSync(path, 'utf8'));
}
