import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Homes } from '../../../src/host/home/homes.ts';
import { describeMachine } from '../../harness/requirements.ts';
import { ada, clearGrounds, eventually, helpersOf, mallory, prepareGround } from './ground.ts';

/** Milliseconds: enough for a helper to start on a busy machine. */
const DEADLINE = 3000;

let root: string;
let homes: Homes;

/** The one helper of this process, started and idle. */
async function startedHelper(): Promise<number> {
  await homes.observe(ada, []);
  const [pid, ...others] = helpersOf(process.pid);
  expect([pid, others]).toEqual([expect.any(Number), []]);
  return pid ?? 0;
}

describeMachine('the helper process for homes', () => {
  beforeEach(() => {
    root = prepareGround();
    homes = new Homes({ root, deadline: DEADLINE });
  });
  afterEach(async () => {
    await homes.close();
    expect(helpersOf(process.pid)).toEqual([]);
    clearGrounds();
  });

  it('is ended when it hangs; the user at fault is told, and the others are served', async () => {
    const pid = await startedHelper();
    process.kill(pid, 'SIGSTOP');
    const directory = { path: '/home/mallory/d', mode: 0o700 };
    const outcomes = await Promise.allSettled([
      homes.makeDirectory(mallory, directory),
      homes.makeDirectory(ada, { path: '/home/ada/d', mode: 0o700 }),
      homes.setMode(mallory, '/home/mallory', 0o755),
      homes.observe(ada, [{ path: '/home/ada/d', read: 'stat' }]),
    ]);
    const message = (attempt: string): string =>
      `${attempt}: the helper process for homes did not answer within ${DEADLINE} ms and was ended`;
    expect(outcomes).toEqual([
      { status: 'rejected', reason: new Error(message('make the directory /home/mallory/d')) },
      { status: 'fulfilled', value: undefined },
      { status: 'rejected', reason: new Error(message('change the mode of /home/mallory')) },
      {
        status: 'fulfilled',
        value: new Map([['/home/ada/d', expect.objectContaining({ kind: 'directory', uid: ada.uid })]]),
      },
    ]);
    expect(existsSync(`/proc/${pid}`)).toBe(false);
    await homes.makeDirectory(mallory, directory);
  });

  it('is started anew when it was killed while idle', async () => {
    const pid = await startedHelper();
    process.kill(pid, 'SIGKILL');
    await eventually(() => !existsSync(`/proc/${pid}`));
    expect(await startedHelper()).not.toBe(pid);
  });

  it('ends with its program, though that is killed', async () => {
    const program = spawn(process.execPath, [join(import.meta.dirname, 'program.ts'), root], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(program.stdout, 'data');
    const [pid] = helpersOf(program.pid ?? 0);
    expect(pid).toBeDefined();
    program.kill('SIGKILL');
    await eventually(() => !isRunning(pid ?? 0));
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)('leaves %s to its program', async (signal) => {
    const pid = await startedHelper();
    process.kill(pid, signal);
    expect(await startedHelper()).toBe(pid);
  });

  it("has nothing of its program's environment, stands nowhere else, and is root between requests", async () => {
    const pid = await startedHelper();
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).toBe('UV_USE_IO_URING=0\0');
    expect(readlinkSync(`/proc/${pid}/cwd`)).toBe(`/proc/${pid}/fd`);
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^Uid:\t0\t0\t0\t0$/m);
  });

  it('cannot be signalled by the user it works for', async () => {
    const pid = await startedHelper();
    const files = Array.from({ length: 200 }, (_, i) =>
      homes.writeFile(mallory, { path: `/home/mallory/${i}`, content: '', mode: 0o600 }),
    );
    const script = `process.setgid(60001); process.setuid(60001);
      for (const signal of ['SIGSTOP', 'SIGKILL']) try { process.kill(${pid}, signal) } catch (error) { console.log(error.code) }`;
    const attacker = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    expect((await attacker.stdout.toArray()).join('')).toBe('EPERM\nEPERM\n');
    await Promise.all(files);
    expect(await startedHelper()).toBe(pid);
  });
});

/** A process that nobody has waited for yet has ended all the same. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
