import { describeMachine } from '../../harness/requirements.ts';
import { DEADLINE, expectConverged, expectServed, ROSTER, setStage, WORKSTATION } from './stage.ts';
import type { Stage } from './stage.ts';

const NEWCOMERS = ['carol', 'dan', 'emo'];
const roster = `${ROSTER}${NEWCOMERS.map((name) => `  ${name}: {authentik_user: ${name}, k8s_user: ${name}, tier: power-user}\n`).join('')}`;

describeMachine('on a machine that lacks what the policy names', () => {
  let stage: Stage;
  afterEach(() => stage.machine.destroy());

  const inMachine = (script: string) => stage.machine.output(['sh', '-ec', script]);
  const begin = async (kind: 'chroot' | 'booted' = 'chroot') => {
    stage = await setStage({ kind });
    await stage.machine.write('/etc/workstation/roster.yaml', roster);
  };
  const said = async () => {
    await stage.machine.run([WORKSTATION, 'apply'], { timeout: DEADLINE });
    return stage.status('carol');
  };

  it('a shell: who is there is served, who is new waits for it', async () => {
    await begin();
    await inMachine('mv /bin/zsh /bin/zsh.away');
    expect((await said()).message).toMatch(
      /^AccountReady: creating account carol: there is no shell \/bin\/zsh on the machine/,
    );
    await expectServed(stage, ['alice', 'bob']);
    await inMachine('mv /bin/zsh.away /bin/zsh');
    await expectConverged(stage, NEWCOMERS);
  });

  it('a group: people are added once it exists', async () => {
    await begin();
    await inMachine(
      `sed -i 's/^  dan: .*/  dan: {authentik_user: dan, k8s_user: dan, tier: admin}/' /etc/workstation/roster.yaml`,
    );
    await said();
    const { conditions } = await stage.status('dan');
    expect(conditions['AccountReady']).toMatchObject({
      status: 'True',
      message: expect.stringMatching(
        /^group code-shared does not exist on this machine: dan is added once it does/,
      ),
    });
    await inMachine('groupadd code-shared');
    await expectConverged(stage, ['dan']);
    expect(await inMachine('id -nG dan')).toBe('dan sudo docker code-shared\n');
  });

  it('the source of a file: everything else is done', async () => {
    await begin();
    await inMachine(
      'mv /opt/workstation/claude-hooks/auto-learn.py /opt/away.py; mv /opt/admin-kube/config /opt/admin-kube/away',
    );
    const { message } = await said();
    expect(message).toMatch(/FilesReady: write hook-learn: its source \S+auto-learn.py does not exist/);
    expect(message).toMatch(/KubeconfigReady: .*\/opt\/admin-kube\/config/);
    expect(await inMachine('ls /home/carol/start-claude.sh /home/carol/.claude/hooks')).toMatch(
      /pre-compact-backup.sh/,
    );
    await inMachine(
      'mv /opt/away.py /opt/workstation/claude-hooks/auto-learn.py; mv /opt/admin-kube/away /opt/admin-kube/config',
    );
    await expectConverged(stage, NEWCOMERS);
  });

  it('a unit, or has one masked: the others run', async () => {
    await begin('booted');
    await inMachine(
      'mv /etc/systemd/system/t3-serve@.service /root; systemctl mask playwright-mcp@carol.service; systemctl daemon-reload',
    );
    const { message, conditions } = await said();
    expect(conditions['AccountReady']?.status).toBe('True');
    expect(message).toMatch(
      /ServicesReady: enable t3-serve@carol\.service: this machine has no such unit: install it/,
    );
    expect(message).toMatch(/playwright-mcp@carol\.service.*masked/);
    expect(
      await inMachine(
        'systemctl is-active playwright-snapshot-refresh@carol.timer playwright-mcp@dan.service',
      ),
    ).toBe('active\nactive\n');
    await inMachine(
      'mv /root/t3-serve@.service /etc/systemd/system; systemctl unmask playwright-mcp@carol.service; systemctl daemon-reload',
    );
    await expectConverged(stage, NEWCOMERS);
  });

  it('the lock files’ owners: empty ones are removed, and accounts made', async () => {
    await begin();
    await inMachine('for name in passwd shadow group gshadow subuid subgid; do : >/etc/$name.lock; done');
    await said();
    await expectConverged(stage, NEWCOMERS);
    expect(await inMachine('ls /etc/*.lock 2>&- || :')).toBe('');
  });

  it('the end of useradd, killed at random instants: accounts become whole', async () => {
    await begin();
    for (let round = 0; round < 5; round += 1) {
      const killer = `while :; do pkill -KILL -x useradd && sleep 0.0${round}; done & killer=$!; ${WORKSTATION} apply >/dev/null 2>&1; kill $killer`;
      await stage.machine.run(['timeout', '30', 'sh', '-c', killer]);
    }
    await said();
    await expectConverged(stage, NEWCOMERS);
    await expectServed(stage, ['alice', 'bob', ...NEWCOMERS]);
    expect(await inMachine('cut -d: -f3 /etc/passwd | sort | uniq -d; ls /etc/*.lock 2>&- || :')).toBe('');
    for (const file of ['passwd', 'shadow', 'group', 'gshadow', 'subuid', 'subgid'])
      expect(await inMachine(`grep -cE '^(carol|dan|emo):' /etc/${file}`)).toBe('3\n');
  });
});

describeMachine('the uid of somebody who left', () => {
  it('is not given to a newcomer while files of theirs are there', async () => {
    const stage = await setStage();
    const inMachine = (script: string) => stage.machine.output(['sh', '-ec', script]);
    // The last uid, which useradd would give again.
    await stage.machine.write('/etc/workstation/roster.yaml', ROSTER.replace(/ {2}mallory: .*\n/, ''));
    const uid = await inMachine('id -u mallory');
    expect((await stage.workstation('offboard', 'mallory')).code).toBe(0);
    await inMachine('userdel mallory; rm -f /etc/t3-serve/*mallory.env');
    await stage.machine.write('/etc/workstation/roster.yaml', roster.replace(/ {2}mallory: .*\n/, ''));
    await stage.workstation('apply');
    await expectServed(stage, NEWCOMERS);
    expect(
      (await inMachine(`for name in ${NEWCOMERS.join(' ')}; do id -u $name; done`)).split('\n'),
    ).not.toContain(uid.trim());
    expect(await inMachine('stat -c %u /home/mallory')).toBe(uid);
    await stage.machine.destroy();
  });
});
