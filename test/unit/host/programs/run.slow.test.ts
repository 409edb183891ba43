import { readdirSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { outcome } from '../../../../src/host/programs/failure.ts';
import { run } from '../../../../src/host/programs/run.ts';
import type { Command } from '../../../../src/host/programs/run.ts';

const sh = (script: string, more: Partial<Command> = {}) =>
  run({ kind: 'live' }, { program: 'sh', args: ['-c', script], timeout: 10_000, ...more });
const { uid, gid, username, homedir } = userInfo();
const myself = { name: username, uid, gid, groups: [], home: homedir, shell: '/bin/dash' };

describe('a program', () => {
  it('ends with its code, its output, and the time it took', async () => {
    expect(await sh('echo out; echo err >&2; exit 3')).toEqual({
      code: 3,
      signal: null,
      stdout: 'out\n',
      stderr: 'err\n',
      timedOut: false,
      flooded: false,
      truncated: false,
      duration: expect.any(Number) as number,
    });
  });

  it('gets its arguments as they are', async () => {
    const args = ['%s|', '$HOME', '`id`', "a'b", 'c d', '', '--', '*'];
    const { stdout } = await run({ kind: 'live' }, { program: 'printf', args, timeout: 10_000 });
    expect(stdout).toBe("$HOME|`id`|a'b|c d||--|*|");
  });

  it('gets its input, and none unless given', async () => {
    expect((await sh('cat', { input: 'in' })).stdout).toBe('in');
    expect((await sh('cat; readlink /proc/self/fd/0')).stdout).toBe('/dev/null\n');
  });

  it('need not read its input', async () => {
    expect((await sh('exit 0', { input: 'x'.repeat(1_000_000) })).code).toBe(0);
  });

  it('sees nothing of our environment', async () => {
    process.env['VAULT_TOKEN'] = 'secret';
    const { stdout } = await sh('env', { env: { WANTED: 'yes' } });
    delete process.env['VAULT_TOKEN'];
    expect(
      stdout
        .split('\n')
        .sort()
        .filter((line) => line && !/^(PWD|_|SHLVL|OLDPWD)=/.test(line)),
    ).toEqual([
      'LANG=C.UTF-8',
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'WANTED=yes',
    ]);
  });

  it('sees the environment of a login when it is a person’s', async () => {
    const { stdout } = await sh('echo $HOME $USER $LOGNAME $SHELL $PATH', { as: myself });
    expect(stdout).toBe(`${homedir} ${username} ${username} /bin/dash /usr/local/bin:/usr/bin:/bin\n`);
  });

  it('has a session and a process group of its own, no terminal, and the usual umask', async () => {
    const before = process.umask(0o077);
    const { stdout } = await sh(
      'tty; umask; cut -d" " -f5,6 /proc/$$/stat; echo $$ $$; (: </dev/tty) 2>&1 | grep -o "No such device"',
    );
    expect(process.umask(before)).toBe(0o077);
    const [tty, umask, ids, own, terminal] = stdout.split('\n');
    expect([tty, umask, terminal]).toEqual(['not a tty', '0022', 'No such device']);
    expect(ids).toBe(own);
  });

  it('runs in / unless told otherwise', async () => {
    expect((await sh('pwd')).stdout).toBe('/\n');
    expect((await sh('pwd', { cwd: '/usr' })).stdout).toBe('/usr\n');
    expect((await sh('pwd', { cwd: '/usr', as: myself, isolated: false })).stdout).toBe('/usr\n');
  });

  it('is killed at its deadline with what it started', async () => {
    const finished = await sh('sleep 60 & echo $!; sleep 60', { timeout: 200 });
    expect(finished).toMatchObject({ code: null, signal: 'SIGKILL', timedOut: true });
    await gone(finished.stdout.trim());
    expect(outcome(finished)).toMatch(/^no end within \d+(\.\d)? s, killed, \d+$/);
  });

  it('is killed when nobody wants its result any more', async () => {
    const stop = new AbortController();
    const running = sh('sleep 60', { signal: stop.signal });
    setTimeout(() => stop.abort(new Error('shutting down')), 50);
    await expect(running).rejects.toThrow('shutting down');
    await expect(sh('true', { signal: stop.signal })).rejects.toThrow('shutting down');
  });

  it('keeps us waiting no longer than a moment when it leaves somebody behind with its output', async () => {
    const finished = await sh('sleep 60 & echo $!');
    expect(finished.code).toBe(0);
    expect(finished.duration).toBeLessThan(5000);
    await gone(finished.stdout.trim());
  });

  it('may say much, of which the end is kept', async () => {
    const finished = await sh('seq 100000; echo last', { maxOutput: 10 });
    expect(finished).toMatchObject({ code: 0, stdout: '0000\nlast\n', truncated: true });
  });

  it('is killed when it does not stop talking', async () => {
    const finished = await sh('yes', { maxOutput: 10 });
    expect(finished).toMatchObject({ code: null, timedOut: false, truncated: true });
    expect(outcome(finished)).toContain('killed after more than 64 MiB of output');
  });

  it('that is missing is named, with the package that brings it', async () => {
    const attempt = (program: string, more: Partial<Command> = {}) =>
      run({ kind: 'live' }, { program, args: [], timeout: 10_000, ...more });
    await expect(attempt('git-crypt', { env: { PATH: '/nowhere' } })).rejects.toThrow(
      'running git-crypt: git-crypt was not found, install the Debian package git-crypt',
    );
    await expect(attempt('no-such-program', { as: myself, isolated: false })).rejects.toThrow(
      `running no-such-program as ${username}: no-such-program was not found, install it or correct its name`,
    );
    await expect(attempt('no-such-program', { as: myself, isolated: false, cwd: '/' })).rejects.toThrow(
      'was not found',
    );
  });

  it('does not run where there is no such directory', async () => {
    await expect(sh('true', { cwd: '/nowhere' })).rejects.toThrow('running sh: cannot enter /nowhere');
    await expect(sh('true', { cwd: '/nowhere', as: myself, isolated: false })).rejects.toThrow('/nowhere');
  });

  it('leaves no descriptor open here', async () => {
    await sh('true', { input: 'x' });
    const before = readdirSync('/proc/self/fd').length;
    await Promise.all(Array.from({ length: 10 }, () => sh('true', { input: 'x' })));
    expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before);
  });

  if (uid !== 0) {
    it('cannot be another’s when we are not root', async () => {
      await expect(sh('id', { as: { ...myself, uid: uid + 1, name: 'ada' } })).rejects.toThrow(
        `running a program as ada: this process has the rights of uid ${uid}, run it as root`,
      );
    });
  }
});

/** Fails by the timeout of the test. */
async function gone(pid: string): Promise<void> {
  while (isAlive(pid)) await setImmediate();
}

function isAlive(pid: string): boolean {
  try {
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
