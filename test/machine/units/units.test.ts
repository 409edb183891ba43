import { setTimeout as sleep } from 'node:timers/promises';
import { SystemFiles } from '../../../src/host/files/system.ts';
import { Units } from '../../../src/host/units/units.ts';
import { createMachine, type Machine } from '../../harness/machine/machine.ts';
import { describeMachine } from '../../harness/requirements.ts';

const INSTALL = '[Install]\nWantedBy=multi-user.target\n';
const UPHELD = '[Service]\nExecStart=/bin/true\n[Install]\nUpheldBy=multi-user.target\n';
const UNIT_FILES: Readonly<Record<string, string>> = {
  'tool@.service': `[Service]\nType=exec\nExecStart=/bin/sleep infinity\n${INSTALL}`,
  'failing@.service': `[Service]\nType=oneshot\nExecStart=/bin/sh -c "exit 7"\n${INSTALL}`,
  'restarting@.service': `[Service]\nType=oneshot\nExecStart=/bin/false\nRestart=on-failure\nRestartSec=60\n${INSTALL}`,
  'stranger@.service': `[Service]\nType=exec\nUser=nobody-here\nExecStart=/bin/true\n${INSTALL}`,
  'hanging@.service': `[Service]\nType=notify\nExecStart=/bin/sleep infinity\n${INSTALL}`,
  'once@.service': `[Service]\nType=oneshot\nExecStart=/bin/true\n${INSTALL}`,
  'conditional@.service': `[Unit]\nConditionPathExists=/nowhere\n[Service]\nExecStart=/bin/sleep infinity\n${INSTALL}`,
  'needy@.service': `[Unit]\nRequires=gone.service\n[Service]\nExecStart=/bin/sleep infinity\n${INSTALL}`,
  'stubborn@.service': `[Service]\nType=exec\nExecStart=/bin/sh -c "trap : TERM; while :; do sleep 1; done"\nTimeoutStopSec=1\n${INSTALL}`,
  'doomed@.service': `[Service]\nType=exec\nExecStart=/bin/sleep infinity\n${INSTALL}`,
  'plain.service': '[Service]\nType=exec\nExecStart=/bin/sleep infinity\n',
};

let machine: Machine;
let calls: string[][];
let units: Units;

/** Requests that are made together go off together. */
function together(...requests: readonly (readonly ['enable' | 'start' | 'disable', string])[]) {
  const all = requests.map(([verb, unit]) => units.do({ kind: `${verb}-unit`, unit }));
  units.flush();
  return Promise.all(all);
}

const verbs = () => calls.map(([verb]) => verb);
const state = async (unit: string) => (await machine.run(['systemctl', 'is-active', unit])).stdout.trim();
const pid = (unit: string) => machine.output(['systemctl', 'show', '--value', '--property=MainPID', unit]);
const look = async (unit: string) => {
  await units.look([unit]);
  return units.facts.get(unit);
};

async function start(kind: 'booted' | 'chroot') {
  machine = await createMachine({ kind });
  for (const [name, content] of Object.entries(UNIT_FILES))
    await machine.write(`/etc/systemd/system/${name}`, content);
  await machine.output(['ln', '-s', '/dev/null', '/etc/systemd/system/masked.service']);
  const files = new SystemFiles(machine.root);
  units = new Units({
    reach: { kind: 'mounted', root: machine.root },
    look: (probes) => files.observe(probes),
    systemctl: (args) => {
      calls.push([...args]);
      return machine.run(['systemctl', ...args]);
    },
    settling: { limit: 2000, now: () => performance.now(), sleep: (ms) => sleep(ms) },
    // Long enough for all that fail in one test to be asked about together, on a busy computer too.
    explainWait: 1000,
  });
}

beforeEach(() => {
  calls = [];
});

describeMachine('units where systemd runs', () => {
  beforeAll(() => start('booted'));
  afterAll(() => machine.destroy());

  it('of many people are enabled and started with one process each, and one reload', async () => {
    const names = ['ada', 'bob', 'cyd', 'dan', 'eve'].map((person) => `tool@${person}.service`);
    const done = await together(
      ...names.flatMap(
        (unit) =>
          [
            ['enable', unit],
            ['start', unit],
          ] as const,
      ),
    );
    expect(done).toEqual(Array.from({ length: 10 }, () => ({ kind: 'done' })));
    expect(verbs().filter((verb) => verb !== 'list-units')).toEqual(['enable', 'daemon-reload', 'start']);
    for (const unit of names) {
      expect(units.facts.get(unit)).toEqual({ exists: true, masked: false, enabled: true, active: 'active' });
      expect(await state(unit)).toBe('active');
    }
  });

  it('are looked at with one process, and systemctl agrees', async () => {
    const names = [
      'tool@ada.service',
      'tool@nobody.service',
      'plain.service',
      'masked.service',
      'gone.service',
    ];
    await units.look(names);
    expect(verbs()).toEqual(['list-units']);
    expect(names.map((unit) => units.facts.get(unit))).toEqual([
      { exists: true, masked: false, enabled: true, active: 'active' },
      { exists: true, masked: false, enabled: false, active: 'inactive' },
      { exists: true, masked: false, enabled: true, isStatic: true, active: 'inactive' },
      { exists: true, masked: true, enabled: false, active: 'inactive' },
      { exists: false, masked: false, enabled: false, active: 'inactive' },
    ]);
    const { stdout } = await machine.run(['systemctl', 'is-enabled', ...names]);
    expect(stdout.split('\n')).toEqual(['enabled', 'disabled', 'static', 'masked', '']);
  });

  it('that are to be upheld are what systemctl makes of them', async () => {
    await machine.write('/etc/systemd/system/upheld.service', UPHELD);
    const before = await look('upheld.service');
    const { stdout } = await machine.run(['systemctl', 'is-enabled', 'upheld.service']);
    expect(before?.isStatic === true ? 'static' : 'disabled').toBe(stdout.trim());
    await together(['enable', 'upheld.service']);
    expect(await look('upheld.service')).toMatchObject({ enabled: true });
  });

  it('that run keep their process when they are asked for again, and nothing is reloaded', async () => {
    const before = await pid('tool@ada.service');
    const again = [
      ['enable', 'tool@ada.service'],
      ['start', 'tool@ada.service'],
    ] as const;
    expect(await together(...again)).toEqual([{ kind: 'done' }, { kind: 'done' }]);
    expect(await pid('tool@ada.service')).toBe(before);
    expect(verbs()).not.toContain('daemon-reload');
  });

  it('that are missing or masked fail alone', async () => {
    const done = await together(
      ['enable', 'gone@x.service'],
      ['start', 'gone@x.service'],
      ['enable', 'masked.service'],
      ['start', 'masked.service'],
      ['enable', 'tool@fay.service'],
      ['start', 'tool@fay.service'],
    );
    expect(done).toEqual([
      {
        kind: 'failed',
        reason: 'UnitMissing',
        message: 'enable gone@x.service: this machine has no such unit: install it',
      },
      {
        kind: 'failed',
        reason: 'UnitMissing',
        message: 'start gone@x.service: this machine has no such unit: install it',
      },
      {
        kind: 'failed',
        reason: 'UnitMasked',
        message: 'enable masked.service: it is masked: run systemctl unmask masked.service',
      },
      {
        kind: 'failed',
        reason: 'UnitMasked',
        message: 'start masked.service: it is masked: run systemctl unmask masked.service',
      },
      { kind: 'done' },
      { kind: 'done' },
    ]);
  });

  it('that systemd refuses for a reason we do not know of fail alone', async () => {
    await machine.output(['ln', '-s', 'tool@.service', '/etc/systemd/system/alias@.service']);
    const [refused, done] = await together(['enable', 'alias@x.service'], ['enable', 'tool@gus.service']);
    expect(refused).toMatchObject({ kind: 'failed', reason: 'UnitUnchanged' });
    expect(refused).toMatchObject({
      message: expect.stringMatching(/^enable alias@x.service: .*alias@x.service/),
    });
    expect(done).toEqual({ kind: 'done' });
    expect(await look('tool@gus.service')).toMatchObject({ enabled: true });
  });

  it('that do not start say why, and are asked about together', async () => {
    const messages = (
      await together(
        ['start', 'failing@x.service'],
        ['start', 'stranger@x.service'],
        ['start', 'restarting@x.service'],
        ['start', 'conditional@x.service'],
        ['start', 'needy@x.service'],
        ['start', 'once@x.service'],
      )
    ).map((done) => (done.kind === 'failed' ? `${done.reason}: ${done.message}` : done.kind));
    expect(messages).toEqual([
      'StartFailed: start failing@x.service: it exited with status 7: see journalctl --unit failing@x.service',
      'StartFailed: start stranger@x.service: its user does not exist or could not be taken (217/USER): see journalctl --unit stranger@x.service',
      'StartFailed: start restarting@x.service: it exited with status 1: see journalctl --unit restarting@x.service',
      'NotActive: start conditional@x.service: it is not active: it ended at once, or a condition or another unit that it needs is not met: see systemctl status conditional@x.service',
      'StartRefused: start needy@x.service: Unit gone.service not found: see systemctl status needy@x.service',
      'done',
    ]);
    expect(verbs().filter((verb) => verb === 'show')).toHaveLength(1);
    expect(units.facts.get('restarting@x.service')).toMatchObject({ active: 'failed' });
  });

  it('that failed are started again when that is asked for', async () => {
    await machine.write('/etc/systemd/system/failing@.service', UNIT_FILES['once@.service'] ?? '');
    const reloaded = units.unitFilesChanged();
    expect(await together(['start', 'failing@x.service'])).toEqual([{ kind: 'done' }]);
    expect(await reloaded).toEqual({ kind: 'done' });
    expect(verbs()).toContain('daemon-reload');
  });

  it('that hang in their start keep nobody else waiting', async () => {
    let isHanging = true;
    const hanging = units
      .do({ kind: 'start-unit', unit: 'hanging@x.service' })
      .finally(() => (isHanging = false));
    expect(await together(['start', 'tool@hal.service'])).toEqual([{ kind: 'done' }]);
    expect(await together(['start', 'tool@ian.service'])).toEqual([{ kind: 'done' }]);
    expect(isHanging).toBe(true);
    expect(await hanging).toEqual({
      kind: 'failed',
      reason: 'StillStarting',
      message:
        'start hanging@x.service: it has not finished in time, systemd goes on with it: see systemctl status hanging@x.service',
    });
    await machine.output(['systemctl', 'stop', 'hanging@x.service']);
  });

  it('that are disabled stop, also when their file is gone or they fail on the way out', async () => {
    await together(
      ['enable', 'stubborn@x.service'],
      ['start', 'stubborn@x.service'],
      ['enable', 'doomed@x.service'],
      ['start', 'doomed@x.service'],
    );
    await machine.output(['rm', '/etc/systemd/system/doomed@.service']);
    const done = await together(
      ['disable', 'tool@ada.service'],
      ['disable', 'stubborn@x.service'],
      ['disable', 'doomed@x.service'],
      ['disable', 'gone@x.service'],
      ['disable', 'restarting@x.service'],
    );
    expect(done).toEqual(Array.from({ length: 5 }, () => ({ kind: 'done' })));
    for (const unit of ['tool@ada.service', 'stubborn@x.service', 'restarting@x.service']) {
      expect(await state(unit)).toBe('inactive');
      expect(await look(unit)).toEqual({ exists: true, masked: false, enabled: false, active: 'inactive' });
    }
    expect(await state('doomed@x.service')).toBe('inactive');
    expect(await state('tool@bob.service')).toBe('active');
    const links = await machine.output([
      'find',
      '/etc/systemd/system',
      '-name',
      '*@[ax]*.service',
      '-type',
      'l',
    ]);
    expect(links).toBe('');
  });
});

describeMachine('units where no systemd runs', () => {
  beforeAll(() => start('chroot'));
  afterAll(() => machine.destroy());

  it('are enabled and disabled all the same, and a start is left for the next boot', async () => {
    const done = await together(['enable', 'tool@ada.service'], ['start', 'tool@ada.service']);
    expect(done).toEqual([
      { kind: 'done' },
      {
        kind: 'done',
        note: 'start tool@ada.service: systemd is not running on this machine: left for its next boot',
        unchanged: true,
      },
    ]);
    expect(await look('tool@ada.service')).toEqual({
      exists: true,
      masked: false,
      enabled: true,
      active: 'unknown',
    });
    expect(await together(['disable', 'tool@ada.service'])).toEqual([{ kind: 'done' }]);
    expect(await look('tool@ada.service')).toMatchObject({ enabled: false });
    expect(verbs()).toEqual(['enable', 'disable']);
  });
});
