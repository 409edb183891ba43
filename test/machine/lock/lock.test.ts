import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { acquireLock } from '../../../src/host/lock.ts';
import { run } from '../../../src/host/programs/run.ts';
import { describeMachine } from '../../harness/requirements.ts';

const MODULE = join(import.meta.dirname, '../../../src/host/lock.ts');
const signal = AbortSignal.timeout(120_000);
const now = { waitMs: 0, signal };

let directory = '';
const others: ChildProcess[] = [];

/** Another process that takes the lock and keeps it. */
async function holder(prefix: readonly string[] = []): Promise<ChildProcess> {
  const script = `
    import { acquireLock } from ${JSON.stringify(MODULE)};
    await acquireLock(${JSON.stringify(directory)}, { waitMs: 0, signal: AbortSignal.timeout(60000) });
    console.log('held');
    setInterval(() => undefined, 1000);
  `;
  const [program, ...args] = [
    ...prefix,
    process.execPath,
    '--input-type=module',
    '-e',
    script,
    'a\x1b[31mname',
  ];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  others.push(child);
  await once(child.stdout, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  await once(child, 'exit');
}

describeMachine('the lock of a pass', () => {
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'lock-'));
  });
  afterEach(async () => {
    for (const child of others.splice(0))
      if (child.exitCode === null && child.signalCode === null) await kill(child);
    rmSync(directory, { recursive: true });
  });

  it('is held by one, until that one lets go', async () => {
    const first = await acquireLock(directory, now);
    await expect(acquireLock(directory, now)).rejects.toThrow(`locking ${directory}/lock: `);
    first.release();
    const second = await acquireLock(directory, now);
    second.release();
    expect(readFileSync(join(directory, 'lock'), 'utf8')).toBe('');
    expect(statSync(join(directory, 'lock')).mode & 0o777).toBe(0o600);
  });

  it('names the process that holds it, and since when that runs', async () => {
    const { pid } = await holder();
    const failed = await acquireLock(directory, now).then(
      () => '',
      (error: Error) => error.message,
    );
    expect(failed).toContain(`locking ${directory}/lock: process ${pid} (`);
    expect(failed).toMatch(
      /import \{ acquireLock \}.*name\), running since \d{4}-\d\d-\d\dT[\d:.]+Z, holds it, wait for it or stop it$/s,
    );
    expect(failed).not.toContain('\x1b');
    const since = Date.parse(/since (\S+),/.exec(failed)?.[1] ?? '');
    expect(Math.abs(Date.now() - since)).toBeLessThan(60_000);
  });

  it('names its holder from another mount and PID namespace, and says when it cannot be seen', async () => {
    await holder(['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']);
    await expect(acquireLock(directory, now)).rejects.toThrow(/: process \d+ \(.*holds it/s);
    const script = `
      import { acquireLock } from ${JSON.stringify(MODULE)};
      const options = { waitMs: 0, signal: AbortSignal.timeout(60000) };
      console.log(await acquireLock(${JSON.stringify(directory)}, options).catch((error) => error.message));
    `;
    const { stdout } = await run(
      { kind: 'live' },
      {
        program: 'unshare',
        args: ['--pid', '--fork', '--mount-proc', process.execPath, '--input-type=module', '-e', script],
        timeout: 20_000,
      },
    );
    expect(stdout).toContain(
      'another process holds it, which cannot be seen from here, wait for it or stop it',
    );
  });

  it('is free again when its holder was killed', async () => {
    await kill(await holder());
    (await acquireLock(directory, now)).release();
  });

  it('is not kept by the programs that its holder started', async () => {
    const lock = await acquireLock(directory, now);
    const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
    others.push(child);
    await once(child, 'spawn');
    lock.release();
    (await acquireLock(directory, now)).release();
  });

  it('can be waited for', async () => {
    const lock = await acquireLock(directory, now);
    const waiting = acquireLock(directory, { waitMs: 60_000, signal });
    lock.release();
    (await waiting).release();
    const again = await acquireLock(directory, now);
    await expect(acquireLock(directory, { waitMs: 100, signal })).rejects.toThrow('holds it');
    again.release();
  });

  it('is no longer waited for once nobody wants it', async () => {
    const lock = await acquireLock(directory, now);
    const stop = new AbortController();
    const open = () => readdirSync('/proc/self/fd').length;
    const before = open();
    const waiting = acquireLock(directory, { waitMs: 60_000, signal: stop.signal });
    stop.abort(new Error('shutting down'));
    await expect(waiting).rejects.toThrow('shutting down');
    while (open() > before) await setImmediate();
    lock.release();
  });

  it('is not taken through a symbolic link, nor where there is no directory', async () => {
    symlinkSync('/etc/passwd', join(directory, 'lock'));
    await expect(acquireLock(directory, now)).rejects.toThrow(`locking ${directory}/lock: `);
    await expect(acquireLock('/nowhere', now)).rejects.toThrow('locking /nowhere/lock: ');
  });
});
