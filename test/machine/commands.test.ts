import { CHECKOUT, createMachine } from '../harness/machine/machine.ts';
import type { Machine } from '../harness/machine/machine.ts';
import { describeMachine } from '../harness/requirements.ts';
import { declare } from '../harness/site/declare.ts';
import { siteBase } from '../harness/site/site.ts';

const WORKSTATION = `${CHECKOUT}/bin/workstation`;

describeMachine('the commands on a machine', () => {
  let machine: Machine;
  const run = (...args: string[]) => machine.run([WORKSTATION, ...args]);
  const runAs = (user: string, ...args: string[]) => machine.run([WORKSTATION, ...args], { user });
  /** Name, inode and change time of every file that a pass could touch. */
  const files = () =>
    machine.output([
      'find',
      '/etc',
      '/home',
      '/var/lib/workstation',
      '/root',
      '-xdev',
      '-printf',
      '%p %i %C@\n',
    ]);

  beforeAll(async () => {
    machine = await createMachine({ kind: 'chroot', base: await siteBase() });
    await declare(machine);
  });
  afterAll(() => machine.destroy());

  it('plan says with 2 that there is something to do, and with 0 that there is nothing', async () => {
    expect((await run('plan')).code).toBe(2);
    await run('apply');
    expect((await run('plan')).code).toBe(0);
  });

  it('plan counts a fetch that is due as no change, and says that it is', async () => {
    await machine.output(['touch', '--date=2020-01-01', '/home/emo/code/.git/FETCH_HEAD']);
    const { code, stdout } = await run('plan');
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining('# fetch /home/emo/code and fast-forward master'),
    ]);
    await run('apply');
    expect((await run('plan')).stdout).not.toContain('# fetch');
  });

  it('plan writes nothing', async () => {
    const before = await files();
    await machine.output(['rm', '/home/emo/start-claude.sh']);
    const changed = await files();
    expect(changed).not.toBe(before);
    expect((await run('plan')).code).toBe(2);
    expect(await files()).toBe(changed);
    await run('apply');
  });

  it('apply writes nothing where nothing is to be done', async () => {
    const before = await files();
    await run('apply');
    expect(await files()).toBe(before);
  });

  it('plan shows what somebody without root can see, and says what they cannot', async () => {
    const { code, stdout } = await runAs('emo', 'plan');
    expect(code).not.toBe(1);
    expect(stdout).toMatch(/^anca:\n/m);
    expect(stdout).toContain('/home/anca cannot be read: EPERM');
    expect(stdout).not.toContain('/home/emo cannot be read');
    expect(stdout).toContain(
      '! publish the maps: they name anca, carol, dan, emo, wizard, whose port is in doubt',
    );
  });

  it('apply is refused without root', async () => {
    expect(await runAs('emo', 'apply')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'workstation: change a machine: this needs root: run the command with sudo\n',
    });
  });

  it('get and describe answer anybody, and tell no secret', async () => {
    const { code, stdout } = await runAs('emo', 'get', 'users', '-o', 'name');
    expect([code, stdout.trim().split('\n')]).toEqual([
      0,
      ['anca', 'carol', 'dan', 'emo', 'wizard'].map((name) => `workstationuser.workstation.dev/${name}`),
    ]);
    const described = await runAs('emo', 'describe', 'user', 'emo');
    expect(described.stdout).toMatch(/^Name: +emo$/m);
    expect(described.stdout).toMatch(/AccountReady +True/);
    expect(described.stdout).not.toContain('snapshot-token-placeholder');
  });

  it('get says whom no pass has seen', async () => {
    const { code, stderr } = await run('get', 'user', 'nobody-here');
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('get user "nobody-here": no pass has seen it'),
    ]);
  });

  it('runs through a link, and as a plugin of kubectl, whatever node is on the PATH', async () => {
    await machine.output(['ln', '-s', WORKSTATION, '/usr/local/bin/kubectl-workstation']);
    await machine.write('/usr/local/bin/node', '#!/bin/sh\nexit 99\n', 0o755);
    const { code, stdout } = await machine.run(['kubectl-workstation', 'get', '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: kubectl workstation get /);
  });

  it('a second apply waits for the first, or says who holds the lock', async () => {
    const holder = machine.run([
      'flock', '/var/lib/workstation/lock', 'sh', '-c', 'touch /tmp/held; while [ -e /tmp/held ]; do sleep 0.05; done',
    ]); // prettier-ignore
    while ((await machine.run(['test', '-e', '/tmp/held'])).code !== 0);

    const { code, stderr } = await run('apply', '--lock-timeout', '1s');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^workstation: locking \/var\/lib\/workstation\/lock: .*\d+.*wait for it or stop it\n$/,
    );

    const waiting = run('apply', '--lock-timeout', '60s');
    await machine.output(['rm', '/tmp/held']);
    await holder;
    expect((await waiting).stdout).toContain('emo');
  });

  it('a bad roster is told at its place, and nothing is done', async () => {
    await machine.write(
      '/etc/workstation/bad.yaml',
      'users:\n  emo: {authentik_user: "a=b", k8s_user: e, tier: admni}\n',
    );
    const before = await files();
    const { code, stdout, stderr } = await run('apply', '-f', '/etc/workstation/bad.yaml');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.split('\n').map((line) => line.split(': ')[0])).toEqual([
      '/etc/workstation/bad.yaml:2:25',
      '/etc/workstation/bad.yaml:2:51',
      '',
    ]);
    expect(await files()).toBe(before);
  });

  it('colours a terminal only, and not even that where NO_COLOR is set', async () => {
    await machine.output(['rm', '/home/emo/start-claude.sh']);
    expect((await run('plan')).stdout).not.toContain('\x1b');
    const onTerminal = (env: string) =>
      machine
        .output(['script', '--quiet', '--command', `${env} ${WORKSTATION} plan`, '/dev/null'])
        .catch(String);
    expect(await onTerminal('')).toContain('\x1b[');
    expect(await onTerminal('NO_COLOR=1')).not.toContain('\x1b[');
  });
});
