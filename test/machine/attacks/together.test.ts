import { describeMachine } from '../../harness/requirements.ts';
import { expectServed, setStage, WORKSTATION } from './stage.ts';
import type { Stage } from './stage.ts';

const NEWCOMERS = Array.from({ length: 6 }, (_, index) => `newcomer${index}`);
const roster = `users:\n${['alice', 'bob', 'mallory', ...NEWCOMERS].map((name) => `  ${name}: {authentik_user: ${name}, k8s_user: ${name}, tier: power-user}\n`).join('')}`;

describeMachine('somebody else who works on the machine at the same time', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await setStage();
    await stage.machine.write('/etc/workstation/roster.yaml', roster);
  });
  afterEach(() => stage.machine.destroy());

  const inMachine = (script: string) => stage.machine.output(['sh', '-ec', script]);

  it('as a second pass waits for the first, and both end well', async () => {
    const passes = await Promise.all([stage.workstation('apply'), stage.workstation('apply')]);
    expect(passes.map(({ code }) => code)).toEqual([0, 0]);
    await expectServed(stage, NEWCOMERS);
    const accounts = await inMachine(
      'cut -d: -f3 /etc/passwd | sort | uniq -d; cut -d: -f1 /etc/passwd | sort | uniq -d',
    );
    expect(accounts).toBe('');
  });

  it('as a second pass that may not wait is told who holds the machine', async () => {
    const hold = 'flock --exclusive /var/lib/workstation/lock sleep 60 >/dev/null 2>&1 & holder=$!';
    const isFree = 'flock --nonblock /var/lib/workstation/lock true';
    const script = `${hold}; while ${isFree}; do :; done; ${WORKSTATION} apply --lock-timeout 1s; code=$?; kill $holder; exit $code`;
    const { code, stderr } = await stage.machine.run(['sh', '-c', script]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /locking \/var\/lib\/workstation\/lock: process \d+ \(.*sleep 60\), running since \S+Z, holds it, wait for it or stop it/,
    );
  });

  it('as the timer of the program before, which is said to be enabled still', async () => {
    await inMachine(`
      printf '[Timer]\\nOnCalendar=hourly\\n[Install]\\nWantedBy=timers.target\\n' >/etc/systemd/system/t3-provision-users.timer
      systemctl enable t3-provision-users.timer`);
    await stage.workstation('apply');
    const said = (await stage.workstation('get', 'workstations', '-o', 'json')).stdout;
    expect(said).toMatch(
      /t3-provision-users\.timer is still enabled and does this work too: run systemctl disable --now/,
    );
  });

  it('as an administrator who edits the account databases and the maps loses nothing', async () => {
    const administrator = inMachine(`
      for i in $(seq 1 30); do
        groupadd "admin$i" && useradd --no-create-home "own$i" && gpasswd --add "own$i" "admin$i" >/dev/null
        echo "# edited $i" >>/etc/ttyd-user-map
      done`);
    await stage.workstation('apply');
    await administrator;
    await stage.workstation('apply');
    expect(await inMachine('for i in $(seq 1 30); do id -nG "own$i"; done')).toBe(
      Array.from({ length: 30 }, (_, i) => `own${i + 1} admin${i + 1}\n`).join(''),
    );
    await expectServed(stage, ['alice', ...NEWCOMERS]);
    expect(await stage.machine.read('/etc/ttyd-user-map')).not.toContain('# edited');
    expect(
      await inMachine('cut -d: -f3 /etc/passwd | sort | uniq -d; pwck -r 2>&1 | grep newcomer || :'),
    ).toBe('');
  });
});
