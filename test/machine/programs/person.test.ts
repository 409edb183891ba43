import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdtempSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { run } from '../../../src/host/programs/run.ts';
import type { Command, Credentials } from '../../../src/host/programs/run.ts';
import { describeMachine } from '../../harness/requirements.ts';

/** Nobody has this uid, so that what is counted below is ours. */
const ada: Credentials = { name: 'ada', uid: 54_321, gid: 54_322, groups: [54_323, 54_324], home: '/' };
const live = { kind: 'live' } as const;
const sh = (script: string, more: Partial<Command> = {}) =>
  run(live, { program: 'sh', args: ['-c', script], timeout: 20_000, as: ada, ...more });

const running = () =>
  readdirSync('/proc').filter((pid) => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      return /^Uid:\s+54321\b/m.test(status) && !/^State:\s*Z/m.test(status);
    } catch {
      return false;
    }
  });

async function until(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 10_000; !condition(); await setTimeout(20)) {
    if (Date.now() > deadline) throw new Error('it did not come to that within 10 s');
  }
}

describeMachine('a program that runs as a person', () => {
  afterEach(() => until(() => running().length === 0));

  it.each([true, false])('has the person’s ids and no other rights (isolated: %s)', async (isolated) => {
    const { stdout } = await sh('grep -E "^(Uid|Gid|Groups|CapPrm|CapEff|CapAmb)" /proc/self/status', {
      isolated,
    });
    expect(stdout.replaceAll(/[ \t]+/g, ' ')).toBe(
      `Uid: ${'54321 '.repeat(4).trim()}\nGid: ${'54322 '.repeat(4).trim()}\nGroups: 54323 54324 \n` +
        ['CapPrm', 'CapEff', 'CapAmb'].map((set) => `${set}: ${'0'.repeat(16)}\n`).join(''),
    );
  });

  it.each([true, false])(
    'is loaded with what its environment says, and root is not (isolated: %s)',
    async (isolated) => {
      // Each program that is told to load what is not there says so.
      const { stdout, stderr } = await sh('echo "$GREETING $LD_PRELOAD $HOME"', {
        isolated,
        env: { GREETING: 'hello', LD_PRELOAD: '/nowhere/theirs.so' },
        cwd: '/',
      });
      expect(stdout).toBe('hello /nowhere/theirs.so /\n');
      expect(stderr.match(/theirs\.so/g)).toHaveLength(1);
    },
  );

  it.each([true, false])('has the limits of a login, and no core file (isolated: %s)', async (isolated) => {
    const { stdout } = await sh('ulimit -Sn; ulimit -Hp; ulimit -Hc', { isolated });
    expect(stdout).toBe('1024\n4096\n0\n');
  });

  it.each([true, false])(
    'inherits no file, even one that we were started with (isolated: %s)',
    async (isolated) => {
      // Node marks what it opens close-on-exec; what it was started with only a parent can give it.
      openSync('/etc/shadow', 'r');
      const { stdout } = await sh('for fd in /proc/$$/fd/*; do readlink $fd; done | sort -u', { isolated });
      expect(stdout).toMatch(/^\/dev\/null\n(?:socket:\[\d+\]\n|pipe:\[\d+\]\n)+$/);
      const script = `
      import { run } from ${JSON.stringify(join(import.meta.dirname, '../../../src/host/programs/run.ts'))};
      const command = { program: 'sh', args: ['-c', 'readlink /proc/self/fd/77'], as: ${JSON.stringify(ada)} };
      console.log((await run({ kind: 'live' }, { ...command, isolated: ${isolated}, timeout: 10000 })).stdout);
    `;
      const child = spawn('bash', [
        '-c',
        'exec 77</etc/shadow; exec "$@"',
        'bash',
        process.execPath,
        '--input-type=module',
        '-e',
        script,
      ]);
      let out = '';
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
      await once(child, 'close');
      expect(out.trim()).toBe('/dev/null');
    },
  );

  it.each([true, false])('has no terminal to type into (isolated: %s)', async (isolated) => {
    // The process that asks is not the leader of its session, so it cannot get a terminal either.
    const { stdout } = await sh('tty; (: </dev/tty) 2>&1; ps -o tty= -p $$', { isolated });
    expect(stdout).toMatch(/^not a tty\n.*\/dev\/tty: No such device or address\n\?\s*\n$/);
  });

  it('takes along at its end whatever it started, however that hides', async () => {
    const hidden = 'setsid sh -c "setsid sleep 300 & sleep 300" >/dev/null 2>&1 </dev/null &';
    expect((await sh(`${hidden} sleep 0.2; exit 5`)).code).toBe(5);
    expect(running()).toEqual([]);
    expect(await sh(`${hidden} sleep 300`, { timeout: 500 })).toMatchObject({ timedOut: true, code: null });
    await until(() => running().length === 0);
  });

  it('cannot escape its deadline by another session or by refusing to die with its parent', async () => {
    const refuse = 'setpriv --pdeathsig clear setsid sh -c \'trap "" TERM INT HUP; sleep 300\'';
    expect(await sh(`exec ${refuse}`, { timeout: 500 })).toMatchObject({ timedOut: true });
    await until(() => running().length === 0);
  });

  it('cannot reach what keeps watch over it', async () => {
    const { stdout } = await sh('kill -9 1 2>&1; kill -9 -1 2>&1; echo still here');
    expect(stdout).toMatch(/^sh: 1: kill: Operation not permitted\n/);
    expect((await sh('kill -9 $PPID; echo $PPID')).stdout).toBe('1\n');
  });

  it('sees only what it started itself', async () => {
    expect((await sh('ls -d /proc/[0-9]* | wc -l')).stdout.trim()).toMatch(/^[1-4]$/);
  });

  it('may be killed by its own signals', async () => {
    expect((await sh('kill -TERM $$; echo survived')).code).toBe(128 + 15);
    expect((await sh('kill -SEGV $$; echo survived', { isolated: false })).signal).toBe('SIGSEGV');
  });

  it.each([true, false])('dies with us (isolated: %s)', async (isolated) => {
    const script = `
      import { run } from ${JSON.stringify(join(import.meta.dirname, '../../../src/host/programs/run.ts'))};
      const command = { program: 'sleep', args: ['300'], as: ${JSON.stringify(ada)}, isolated: ${isolated} };
      await run({ kind: 'live' }, { ...command, timeout: 600000 });
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
    await until(() => running().length > 0);
    child.kill('SIGKILL');
    await until(() => running().length === 0);
  });

  it('may write a gigabyte, of which we never hold more than a little', async () => {
    const before = process.memoryUsage.rss();
    const finished = await sh('head -c 1G /dev/zero', { maxOutput: 1024 });
    expect(finished.stdout.length).toBeLessThanOrEqual(1024);
    expect(finished.truncated).toBe(true);
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 1024 * 1024);
  });

  it.each([true, false])(
    'enters its directory with the person’s rights, not with root’s (isolated: %s)',
    async (isolated) => {
      const directory = mkdtempSync(join(tmpdir(), 'programs-'));
      try {
        chmodSync(directory, 0o755);
        mkdirSync(join(directory, 'secret/open'), { recursive: true });
        chmodSync(join(directory, 'secret'), 0o700);
        symlinkSync(join(directory, 'secret/open'), join(directory, 'link'));
        await expect(sh('pwd', { isolated, cwd: join(directory, 'link') })).rejects.toThrow(
          'Permission denied',
        );
        expect((await sh('pwd', { isolated, cwd: directory })).stdout).toBe(`${directory}\n`);
      } finally {
        rmSync(directory, { recursive: true });
      }
    },
  );

  it('is looked for with the person’s PATH and rights only, and root’s helpers never', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'programs-'));
    try {
      chmodSync(directory, 0o755);
      const trap = 'for name in setpriv unshare prlimit timeout env nsenter tool; do';
      await run(live, {
        program: 'sh',
        args: [
          '-c',
          `${trap} printf '#!/bin/sh\\necho %s as $(id -u)\\n' $name >$name; chmod 755 $name; done`,
        ],
        cwd: directory,
        timeout: 10_000,
      });
      const env = { PATH: `${directory}:/usr/bin:/bin` };
      const { stdout } = await run(live, {
        program: 'tool',
        args: [],
        as: ada,
        env,
        cwd: '/',
        timeout: 10_000,
      });
      expect(stdout).toBe('tool as 54321\n');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
