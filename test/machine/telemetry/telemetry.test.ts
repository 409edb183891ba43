import { CHECKOUT, createMachine, type Machine } from '../../harness/machine/machine.ts';
import { describeMachine } from '../../harness/requirements.ts';
import { until } from './until.ts';

const NODE = `${CHECKOUT}/node_modules/.bin/node`;
const PROGRAM = `${CHECKOUT}/test/machine/telemetry/program.ts`;

/** As the unit of the agent, with what matters here. */
const unit = (start: string) => `[Service]
Type=notify
WatchdogSec=2
ExecStart=${start} ${NODE} ${PROGRAM}
ExecReload=/bin/kill -HUP $MAINPID
`;

let machine: Machine;
const systemctl = (...args: string[]) => machine.output(['systemctl', ...args]);
const show = async (name: string, property: string) =>
  (await systemctl('show', '--value', `--property=${property}`, name)).trim();

/** Entries of the journal that match, oldest first. */
async function journal(...matches: string[]): Promise<Record<string, unknown>[]> {
  await machine.output(['journalctl', '--sync']);
  const { stdout } = await machine.run(['journalctl', '--output=json', ...matches]);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const poke = (name: string) => systemctl('kill', '--signal=SIGWINCH', name);

async function start(): Promise<void> {
  machine = await createMachine({ kind: 'booted' });
  await machine.write('/etc/systemd/system/speaker.service', unit(`${CHECKOUT}/bin/datagrams`));
  await machine.write('/etc/systemd/system/plain.service', unit('/usr/bin/env'));
  await systemctl('daemon-reload');
}

describeMachine('a service under systemd', () => {
  beforeAll(async () => {
    await start();
    await systemctl('start', 'speaker.service');
  });
  afterAll(() => machine.destroy());

  it('is active once it says so, with its status, and its own process as the main one', async () => {
    expect(await show('speaker', 'ActiveState')).toBe('active');
    await until(async () => (await show('speaker', 'StatusText')) === '3 of 3 ready');
    const command = await machine.output(['cat', `/proc/${await show('speaker', 'MainPID')}/cmdline`]);
    expect(command).toContain('program.ts');
    const group = await show('speaker', 'ControlGroup');
    const processes = await machine.output(['systemd-cgls', '--no-pager', group]);
    expect(processes.match(/\d+ \//g)).toHaveLength(1);
  });

  it('is found in the journal by its fields', async () => {
    const entries = await journal('WORKSTATION_USER=emo');
    expect(entries).toMatchObject([
      {
        MESSAGE: 'clone ~/code: no\\x0aanswer',
        PRIORITY: '4',
        SYSLOG_IDENTIFIER: 'workstation',
        WORKSTATION_ACTION: 'clone',
        WORKSTATION_OS_USER: 'emo',
        _SYSTEMD_UNIT: 'speaker.service',
        _TRANSPORT: 'journal',
      },
    ]);
    expect(await journal('-u', 'speaker', 'MESSAGE=not grave enough')).toEqual([]);
  });

  it('is still found there after journald was restarted', async () => {
    await systemctl('restart', 'systemd-journald.service');
    await poke('speaker');
    await until(async () => (await journal('MESSAGE=heard')).length > 0);
    expect(await journal('MESSAGE=heard')).toMatchObject([{ _TRANSPORT: 'journal' }]);
  });

  it('reloads, and is active again with a new status', async () => {
    await systemctl('reload', 'speaker.service');
    await until(async () => (await show('speaker', 'StatusText')) === 'reloaded');
    await until(async () => (await show('speaker', 'ActiveState')) === 'active');
  });

  it('feeds the watchdog while its event loop turns, and is ended when it hangs', async () => {
    const seen = new Set<string>();
    await until(async () => seen.add(await show('speaker', 'WatchdogTimestampMonotonic')).size > 3);
    expect(await show('speaker', 'ActiveState')).toBe('active');
    await systemctl('kill', '--signal=SIGUSR2', 'speaker.service');
    await until(async () => (await show('speaker', 'Result')) === 'watchdog');
  });

  it('says its last word before it stops', async () => {
    await systemctl('reset-failed', 'speaker.service');
    await systemctl('start', 'speaker.service');
    await systemctl('stop', 'speaker.service');
    expect(await show('speaker', 'Result')).toBe('success');
    expect(await journal('MESSAGE=said last')).toHaveLength(1);
  });
});

describeMachine(
  'a service under systemd that was started without its sockets, as where perl is missing',
  () => {
    beforeAll(async () => {
      await start();
      await systemctl('start', 'plain.service');
    });
    afterAll(() => machine.destroy());

    it('is active all the same, and its lines have their priority', async () => {
      await until(async () => (await show('plain', 'StatusText')) === '3 of 3 ready');
      const message = String.raw`clone ~/code: no\x0aanswer user=emo action=clone osUser=emo`;
      expect(await journal(`MESSAGE=${message}`)).toMatchObject([{ PRIORITY: '4', _TRANSPORT: 'stdout' }]);
    });

    it('says what is missing, and what to do', async () => {
      const messages = (await journal('-u', 'plain', 'PRIORITY=4')).map(({ MESSAGE }) => MESSAGE);
      expect(messages).toContainEqual(expect.stringMatching(/^write to the journal: .* install perl/));
      expect(messages).toContainEqual(expect.stringMatching(/^speak to systemd: .* install perl/));
    });

    it('is not ended by a watchdog that it cannot feed', async () => {
      await poke('plain');
      await until(async () => (await journal('MESSAGE=heard')).length > 0);
      expect(await show('plain', 'WatchdogUSec')).toBe('0');
      expect(await show('plain', 'NRestarts')).toBe('0');
      expect(await show('plain', 'Result')).toBe('success');
    });
  },
);
