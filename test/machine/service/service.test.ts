import { CHECKOUT, createMachine, type Machine } from '../../harness/machine/machine.ts';
import { describeMachine } from '../../harness/requirements.ts';
import { declare, siteRoster } from '../../harness/site/declare.ts';
import { siteBase } from '../../harness/site/site.ts';
import { eventually } from '../agent/runner.ts';

const WORKSTATION = `${CHECKOUT}/bin/workstation`;
const UNIT = 'workstation-agent.service';

describeMachine('the agent as a service of a booted machine', () => {
  let machine: Machine;
  const show = async (property: string) =>
    (await machine.output(['systemctl', 'show', '--value', `--property=${property}`, UNIT])).trim();
  const isReady = async () => (await machine.run([WORKSTATION, 'healthz', '--ready'])).code === 0;
  const running = (unit: string) =>
    machine.output(['systemctl', 'show', '--value', '--property=MainPID', unit]);

  beforeAll(async () => {
    machine = await createMachine({ kind: 'booted', base: await siteBase() });
    await declare(machine);
    await machine.write('/etc/skel/.config/claude-auth-sync/vault-token', 'minted', 0o600);
  });
  afterAll(() => machine.destroy());

  it('is laid down, enabled and started by install, and everybody becomes Ready', async () => {
    const { code, stderr } = await machine.run([WORKSTATION, 'install']);
    expect([code, stderr]).toEqual([0, '']);
    await eventually('everybody has had a pass', isReady);
    expect(await show('ActiveState')).toBe('active');
    await eventually(
      'systemctl status counts people',
      async () => (await show('StatusText')) === '5 of 5 users ready',
    );
    expect((await machine.run(['workstation', 'status'])).code).toBe(0);
  });

  it('writes to the journal with fields', async () => {
    const line = await machine.output(['journalctl', '-o', 'json', '-n', '1', 'WORKSTATION_USER=emo']);
    expect(JSON.parse(line)).toMatchObject({ WORKSTATION_USER: 'emo', SYSLOG_IDENTIFIER: 'workstation' });
    expect(await machine.output([WORKSTATION, 'logs', 'emo', '-n', '3'])).toContain('emo');
  });

  it('repairs a service that is stopped, and one that is disabled', async () => {
    await machine.output(['systemctl', 'disable', '--now', 't3-serve@emo.service']);
    await eventually(
      'it runs again',
      async () =>
        (await machine.run(['systemctl', 'is-active', 't3-serve@emo.service'])).code === 0 &&
        (await machine.run(['systemctl', 'is-enabled', 't3-serve@emo.service'])).code === 0,
    );
    const history = await machine.output([WORKSTATION, 'history', 'emo', '--since', '5m']);
    expect(history).toMatch(/start-unit +t3-serve@emo.service +Drift/);
  });

  it('answers a person about themself alone', async () => {
    const own = await machine.run([WORKSTATION, 'describe', 'user', 'emo'], { user: 'emo' });
    expect([own.code, own.stdout]).toEqual([0, expect.stringContaining('Next')]);
    const all = await machine.run([WORKSTATION, 'status'], { user: 'emo' });
    expect(all.code).toBe(1);
  });

  it('reads again on reload, and restarts without touching anybody’s services', async () => {
    const before = await running('t3-serve@anca.service');
    await machine.write(
      '/etc/workstation/roster.yaml',
      `${await siteRoster()}  zoe: { authentik_user: zoe, k8s_user: zoe, tier: power-user }\n`,
    );
    await machine.output(['systemctl', 'reload', UNIT]);
    await eventually('zoe is there', async () => (await machine.run(['id', 'zoe'])).code === 0);
    const pid = await show('MainPID');
    await machine.output(['systemctl', 'restart', UNIT]);
    await eventually('it is ready again', isReady);
    expect(await show('MainPID')).not.toBe(pid);
    expect(await show('NRestarts')).toBe('0');
    expect(await running('t3-serve@anca.service')).toBe(before);
  });

  it('is started again when it dies, and when it hangs', async () => {
    await machine.write(
      `/etc/systemd/system/${UNIT}.d/watchdog.conf`,
      '[Service]\nWatchdogSec=2\nRestartSec=0\n',
    );
    await machine.output(['systemctl', 'daemon-reload']);
    await machine.output(['systemctl', 'restart', UNIT]);
    for (const signal of ['KILL', 'STOP']) {
      await eventually('it is ready', isReady);
      const pid = await show('MainPID');
      await machine.output(['kill', `-${signal}`, pid]);
      await eventually(`another runs after SIG${signal}`, async () => {
        const now = await show('MainPID');
        return now !== pid && now !== '0' && (await isReady());
      });
    }
  });

  it('leaves open what systemd-analyze says, and no more', async () => {
    const report = await machine.output(['systemd-analyze', 'security', '--no-pager', UNIT]);
    const exposure = Number(/exposure level[^:]*: ([\d.]+)/.exec(report)?.[1]);
    expect(exposure).toBeLessThanOrEqual(5.1);
  });

  it('comes back after a reboot', async () => {
    await machine.reboot();
    await eventually('it is ready', isReady);
    expect((await machine.run(['systemctl', 'is-active', 't3-serve@emo.service'])).code).toBe(0);
  });

  it('is taken away by uninstall, and people stay', async () => {
    await machine.output([WORKSTATION, 'uninstall']);
    expect((await machine.run(['systemctl', 'cat', UNIT])).code).not.toBe(0);
    for (const path of ['/usr/local/bin/workstation', '/usr/share/bash-completion/completions/workstation'])
      expect([path, (await machine.run(['test', '-e', path])).code]).toEqual([path, 1]);
    expect((await machine.run(['id', 'emo'])).code).toBe(0);
    expect((await machine.run(['systemctl', 'is-active', 't3-serve@emo.service'])).code).toBe(0);
    expect((await machine.run(['test', '-e', '/var/lib/workstation/state.json'])).code).toBe(0);
  });
});
