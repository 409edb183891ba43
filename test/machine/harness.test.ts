import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  buildBase,
  CHECKOUT,
  createMachine,
  createNetwork,
  destroyMachines,
} from '../harness/machine/machine.ts';
import { runProcess } from '../harness/machine/process.ts';
import { describeMachine } from '../harness/requirements.ts';

describeMachine('a chroot machine', () => {
  it('runs the real useradd, and the outer machine knows nothing of it', async () => {
    const before = await readFile('/etc/passwd', 'utf8');
    const machine = await createMachine({ kind: 'chroot' });
    await machine.output(['useradd', '--create-home', 'ada']);

    expect(await machine.output(['id', '-u', 'ada'])).toBe('1000\n');
    expect(await machine.output(['sh', '-c', 'echo $(id -un) $(id -Gn) $HOME'], { user: 'ada' })).toBe(
      'ada ada /home/ada\n',
    );
    expect(await readFile('/etc/passwd', 'utf8')).toBe(before);
    expect(existsSync('/home/ada')).toBe(false);
    await machine.destroy();
  });

  it('shows none of the outer accounts, homes, sites and enabled units', async () => {
    const machine = await createMachine({ kind: 'chroot' });
    const ids = (await machine.read('/etc/passwd'))
      .split('\n')
      .map((line) => Number(line.split(':')[2] ?? 0));
    expect(ids.filter((id) => id >= 1000 && id < 65_534)).toEqual([]);

    const seen = await machine.output([
      'find',
      '/home',
      '/root',
      '/srv',
      '/tmp',
      '/etc/systemd/system',
      '-mindepth',
      '1',
    ]);
    expect(seen).toBe('');
    expect(await machine.output(['ls', '/opt'])).toBe('workstation-under-test\n');
    await machine.destroy();
  });

  it('sees the tested checkout, and cannot write to it', async () => {
    const machine = await createMachine({ kind: 'chroot' });
    expect(await machine.read(`${CHECKOUT}/package.json`)).toBe(await readFile('package.json', 'utf8'));
    const { code, stderr } = await machine.run(['touch', `${CHECKOUT}/package.json`]);
    expect(code).toBe(1);
    expect(stderr).toContain('Read-only file system');
    await machine.destroy();
  });

  it('passes input, environment and exit code, and nothing of the outer environment', async () => {
    const machine = await createMachine({ kind: 'chroot' });
    const { code, stdout } = await machine.run(['sh', '-c', 'cat; env | sort | grep -v ^PWD=; exit 7'], {
      input: 'in\n',
      env: { A: 'b' },
    });
    expect(code).toBe(7);
    expect(stdout).toBe(
      'in\nA=b\nLANG=C.UTF-8\nPATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n',
    );
    await machine.destroy();
  });

  it('kills what does not end in time', async () => {
    const machine = await createMachine({ kind: 'chroot' });
    await expect(machine.run(['sleep', '600'], { timeout: 200 })).rejects.toThrow('no end after 200 ms');
    // A killed process is seen until the kernel has buried it.
    const deadline = Date.now() + 5000;
    while ((await machine.run(['pgrep', 'sleep'])).code === 0 && Date.now() < deadline) await setTimeout(20);
    expect(await machine.run(['pgrep', 'sleep'])).toMatchObject({ code: 1, stdout: '' });
    await machine.destroy();
  });

  it('has a network of its own, unless it shares the outer one', async () => {
    const outer = await readFile('/proc/net/dev', 'utf8').then(interfaces);
    const alone = await createMachine({ kind: 'chroot' });
    const sharing = await createMachine({ kind: 'chroot', network: 'host' });
    expect(interfaces(await alone.read('/proc/net/dev'))).toEqual(['lo']);
    expect(interfaces(await sharing.read('/proc/net/dev'))).toEqual(outer);
    await Promise.all([alone.destroy(), sharing.destroy()]);
  });

  it('leaves no process, mount or file when it is destroyed, twice or after a crash inside', async () => {
    const machine = await createMachine({ kind: 'chroot' });
    await machine.output(['sh', '-c', 'setsid sleep 54321 >/dev/null 2>&1 &']);
    await machine.destroy();
    await machine.destroy();

    expect(existsSync(machine.root)).toBe(false);
    expect(await commandLines()).not.toContain('sleep\x0054321\0');
    expect(await readFile('/proc/mounts', 'utf8')).not.toContain('workstation-test');
    await destroyMachines();
    expect(
      (await readdir(tmpdir())).filter((name) => name.startsWith(`workstation-test-${process.pid}-`)),
    ).toEqual([]);
  });
});

describeMachine('a test process that is killed', () => {
  it('leaves neither machines nor their directories', async () => {
    const script = `
      const { createMachine } = await import('${join(import.meta.dirname, '../harness/machine/machine.ts')}');
      const machines = await Promise.all([createMachine({ kind: 'chroot' }), createMachine({ kind: 'booted' })]);
      console.log((await Promise.all(machines.map((machine) => machine.output(['hostname'])))).join(''));
      setInterval(() => {}, 1000);
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [names] = (await once(child.stdout, 'data')) as [Buffer];
    child.kill('SIGKILL');

    const [first = 'no machine came up'] = names.toString().trim().split('\n');
    const prefix = first.replace(/\d+$/, '');
    const left = async () => [
      ...(await commandLines()).filter((line) => line.includes(prefix)),
      ...(await controlGroups(prefix)),
      ...(await readdir(tmpdir())).filter((name) => name.startsWith(`workstation-test-${child.pid}-`)),
    ];
    const deadline = Date.now() + 10_000;
    while ((await left()).length > 0 && Date.now() < deadline) await setTimeout(50);
    expect(await left()).toEqual([]);
  });
});

describeMachine('a base', () => {
  it('is built once, and each machine on it starts from it and changes only itself', async () => {
    const base = await buildBase(async (machine) => {
      await machine.output(['useradd', 'ada']);
      await machine.write('/srv/notes/today', 'from the base\n', 0o600);
    });
    const [first, second] = await Promise.all([
      createMachine({ kind: 'chroot', base }),
      createMachine({ kind: 'chroot', base }),
    ]);
    await first.write('/srv/notes/today', 'changed\n');

    expect(await first.read('/srv/notes/today')).toBe('changed\n');
    expect(await second.read('/srv/notes/today')).toBe('from the base\n');
    expect(await second.output(['stat', '-c', '%a', '/srv/notes/today'])).toBe('600\n');
    expect(await second.output(['id', '-u', 'ada'])).toBe('1000\n');
    await Promise.all([first.destroy(), second.destroy()]);
  });

  it('can stand on another base', async () => {
    const lower = await buildBase((machine) => machine.write('/srv/lower', 'l'));
    const upper = await buildBase((machine) => machine.write('/srv/upper', 'u'), lower);
    const machine = await createMachine({ kind: 'chroot', base: upper });
    expect(await machine.output(['ls', '/srv'])).toBe('lower\nupper\n');
    await machine.destroy();
  });
});

describeMachine('a booted machine', () => {
  it('runs systemd, which starts a unit', async () => {
    const base = await buildBase((machine) =>
      machine.write(
        '/etc/systemd/system/echo.service',
        '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh -c "id -u > /srv/ran"\n',
      ),
    );
    const machine = await createMachine({ kind: 'booted', base });
    expect((await machine.run(['systemctl', 'is-system-running'])).stdout).toMatch(/^(running|degraded)$/m);
    await machine.output(['systemctl', 'start', 'echo.service']);
    expect(await machine.read('/srv/ran')).toBe('0\n');
    expect(await machine.output(['systemctl', 'is-active', 'echo.service'])).toBe('active\n');
    expect(existsSync('/srv/ran')).toBe(false);
    await machine.destroy();
  });

  it('keeps its files, volumes and network over a reboot, and nothing else', async () => {
    const network = await createNetwork();
    await runProcess([...network.enter, 'ip', 'link', 'add', 'cable', 'type', 'bridge']);
    const machine = await createMachine({ kind: 'booted', network, volumes: ['/var/lib/more'] });
    const { leader } = machine;
    for (const path of ['/srv/file', '/var/lib/more/file', '/run/file']) await machine.write(path, 'kept');
    await machine.reboot();

    expect(machine.leader).not.toBe(leader);
    expect(await machine.read('/srv/file')).toBe('kept');
    expect(await machine.read('/var/lib/more/file')).toBe('kept');
    expect(await machine.output(['stat', '--file-system', '--format=%T', '/var/lib/more'])).toBe('tmpfs\n');
    expect((await machine.run(['test', '-e', '/run/file'])).code).toBe(1);
    expect(interfaces(await machine.read('/proc/net/dev'))).toEqual(['lo', 'cable']);
    await machine.destroy();
    expect(existsSync(`/proc/${machine.leader}`)).toBe(false);
  });

  it('does not disturb another one beside it', async () => {
    const [one, other] = await Promise.all([
      createMachine({ kind: 'booted' }),
      createMachine({ kind: 'booted' }),
    ]);
    for (const each of [one, other]) await each.output(['systemd-run', '--unit=long', 'sleep', '600']);
    const processes = await one.read('/sys/fs/cgroup/system.slice/long.service/cgroup.procs');
    expect(processes.trim().split('\n')).toHaveLength(1);
    await other.output(['systemctl', 'stop', 'long']);
    expect(await one.output(['systemctl', 'is-active', 'long'])).toBe('active\n');
    await other.destroy();
    expect(await one.output(['systemctl', 'is-active', 'long'])).toBe('active\n');
    await one.destroy();
  });

  it('leaves no process and no control group when it is destroyed', async () => {
    const machine = await createMachine({ kind: 'booted' });
    const name = (await machine.output(['hostname'])).trim();
    expect(await controlGroups(name)).not.toEqual([]);
    await machine.destroy();
    expect(existsSync(machine.root)).toBe(false);
    expect((await commandLines()).filter((line) => line.includes(name))).toEqual([]);
    expect(await controlGroups(name)).toEqual([]);
  });
});

const interfaces = (table: string) => [...table.matchAll(/^ *([^:\s]+):/gm)].map(([, name]) => name);

/** By find(1), which does not mind what vanishes while it looks. */
async function controlGroups(name: string): Promise<string[]> {
  const { stdout } = await runProcess(['find', '/sys/fs/cgroup', '-type', 'd', '-name', `${name}*`]);
  return stdout.split('\n').filter(Boolean);
}

async function commandLines(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
}
