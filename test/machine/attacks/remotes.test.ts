import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { CHECKOUT } from '../../harness/machine/machine.ts';
import { describeMachine } from '../../harness/requirements.ts';
import { attacked, expectConverged, setStage } from './stage.ts';
import type { Stage } from './stage.ts';

const PORT = 9418;
/** What a listener does with a connection. */
const SILENT = '() => {}';
const BROKEN = `(socket) => socket.end('00820123456789')`;

describeMachine('a remote that does not serve one person', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await setStage({
      policy: (text) => text.replace('refreshInterval: 1h', 'refreshInterval: 1h\n    timeout: 3s'),
    });
    await stage.as('mallory', 'rm -rf code/tripit');
  });
  afterEach(() => stage.machine.destroy());

  const instead = (url: string) =>
    stage.as('mallory', `git config --global url.${url}.insteadOf file:///srv/git/forgejo/`);
  const expectSaid = async (said: RegExp) => {
    await attacked(stage);
    expect((await stage.status('mallory')).message).toMatch(said);
    // Nothing half-made beside the clones, and no process that goes on.
    expect(await stage.as('mallory', 'ls -A code')).toBe('infra\n');
    expect((await stage.machine.run(['pgrep', '-u', 'mallory', '-l'])).stdout).toBe('');
    await stage.as('mallory', 'rm .gitconfig');
    await expectConverged(stage);
  };

  it('because it is gone', async () => {
    await instead('file:///srv/gone/');
    await expectSaid(/^CodeReady: clone file:\/\/\/srv\/git\/forgejo\/tripit\.git: .*gone/);
  });

  it('because it refuses', async () => {
    await instead(`git://127.0.0.1:${PORT}/`);
    await expectSaid(/^CodeReady: clone file:\/\/\/srv\/git\/forgejo\/tripit\.git: /);
  });

  it('because it never answers', async () => {
    await listen(stage, SILENT);
    await instead(`git://127.0.0.1:${PORT}/`);
    await expectSaid(/^CodeReady: clone file:\/\/\/srv\/git\/forgejo\/tripit\.git: no end within 3(\.\d)? s/);
  });

  it('because its answer breaks off', async () => {
    await listen(stage, BROKEN);
    await instead(`git://127.0.0.1:${PORT}/`);
    await expectSaid(/^CodeReady: clone file:\/\/\/srv\/git\/forgejo\/tripit\.git: /);
  });
});

/** Returns once something listens in the machine; it ends with the machine. */
async function listen({ machine }: Stage, handler: string): Promise<void> {
  const script = `require('node:net').createServer(${handler}).listen(${PORT}, '127.0.0.1', () => console.log('listening'))`;
  const [program = '', ...enter] = machine.enter;
  const node = `${CHECKOUT}/node_modules/.bin/node`;
  const listener = spawn(program, [...enter, node, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(listener.stdout, 'data');
}

describeMachine('a clone that an earlier crash left unfinished', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await setStage();
  });
  afterEach(() => stage.machine.destroy());

  it('before its first checkout is finished', async () => {
    await stage.as(
      'mallory',
      'rm -rf code/infra; git clone --quiet --no-checkout file:///srv/git/infra.git code/infra',
    );
    await attacked(stage);
    expect((await stage.status('mallory')).message).toBe('everything is as declared');
    expect(
      await stage.as(
        'mallory',
        'git -C code/infra status --porcelain; git -C code/infra remote; ls code/infra/AHEAD.md',
      ),
    ).toBe('forgejo\norigin\ncode/infra/AHEAD.md\n');
  });

  it('beside its place is removed with the next attempt, and what is hers there stays', async () => {
    const leftover = `.workstation-${'0123456789abcdef'.repeat(2)}`;
    await stage.as(
      'mallory',
      `rm -rf code/tripit; mkdir -p code/${leftover}/.git code/.workstation-mine code/own; ln -s /etc code/${leftover}/etc`,
    );
    await attacked(stage);
    expect(await stage.as('mallory', 'ls -A code')).toBe('.workstation-mine\ninfra\nown\ntripit\n');
    expect((await stage.status('mallory')).message).toBe('everything is as declared');
  });
});
