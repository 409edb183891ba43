/** What is declared goes wrong while the agent runs, or somebody else works on the same things. */
import { describeMachine } from '../../../harness/requirements.ts';
import { eventually } from '../runner.ts';
import { CODER, Ground, PLAIN, POLICY, ROSTER, rosterOf, WORKSTATION } from './ground.ts';

const PEOPLE = { ada: PLAIN, bea: CODER, cid: PLAIN, dan: PLAIN, eve: PLAIN, fay: PLAIN, gus: PLAIN };
const HALF = { ada: PLAIN, bea: CODER, cid: PLAIN };

describeMachine('an agent', () => {
  let ground: Ground;
  beforeAll(async () => {
    ground = await Ground.of(PEOPLE);
    await ground.start();
    await ground.settle();
  });
  afterAll(() => ground.machine.destroy());

  const saidOfMachine = async () => {
    const { stdout } = await ground.machine.run([WORKSTATION, 'get', 'workstations', '-o', 'json']);
    return stdout;
  };
  const expectNobodyCut = async () => {
    expect(
      await ground.sh(`cut -d: -f1,8 /etc/shadow | grep -E '^(${Object.keys(PEOPLE).join('|')}):1' || :`),
    ).toBe('');
    expect((await ground.machine.read('/etc/site/map')).match(/=/g)).toHaveLength(7);
  };
  const expectDriftRepaired = async () => {
    await ground.sh('rm /etc/site/ada.env');
    await eventually(
      'drift is repaired',
      async () => (await ground.machine.run(['test', '-e', '/etc/site/ada.env'])).code === 0,
      { seen: ground.agent.said },
    );
  };

  const rosters: [string, string, RegExp][] = [
    ['empty', `: >${ROSTER}`, /RosterEmpty/],
    ['cut off in the middle of a word', `truncate -s 70 ${ROSTER}`, /RosterInvalid|RemovalsPaused/],
    ['gone', `rm ${ROSTER}`, /RosterUnreadable/],
    ['gone with its directory', 'mv /srv/declared /srv/away', /Unreadable/],
    ['a directory', `rm ${ROSTER}; mkdir ${ROSTER}`, /Roster(Empty|Unreadable)/],
    ['a link to itself', `ln -sf roster.yaml ${ROSTER}`, /RosterUnreadable/],
    ['half as long', `cat >${ROSTER} <<END\n${rosterOf(HALF)}END`, /RemovalsPaused/],
  ];
  it.each(rosters)(
    'that finds a roster that is %s serves those who were declared',
    async (_, script, reason) => {
      await ground.sh(script);
      await eventually('it is said', async () => reason.test(await saidOfMachine()), {
        seen: ground.agent.said,
      });
      await expectDriftRepaired();
      await expectNobodyCut();
      await ground.sh(
        `[ ! -d /srv/away ] || { rm -rf /srv/declared; mv /srv/away /srv/declared; }; [ ! -d ${ROSTER} ] || rmdir ${ROSTER}`,
      );
      await ground.declare(PEOPLE);
      await eventually('nothing is wrong', async () => !reason.test(await saidOfMachine()), {
        seen: ground.agent.said,
      });
      await ground.converged();
      await expectNobodyCut();
    },
  );

  it('that is started while there is no roster serves those who were declared', async () => {
    await ground.agent.kill();
    await ground.sh(`rm ${ROSTER} /etc/site/bea.env`);
    await ground.start();
    await eventually(
      'drift is repaired',
      async () => (await ground.machine.run(['test', '-e', '/etc/site/bea.env'])).code === 0,
      { seen: ground.agent.said },
    );
    await expectNobodyCut();
    await ground.declare(PEOPLE);
    await ground.converged();
  });

  it('keeps a port that only it remembers for the person, though a newcomer came first', async () => {
    const before = await ground.machine.read('/etc/site/ada.env');
    await ground.agent.kill();
    await ground.sh('rm /etc/site/ada.env');
    await ground.declare({ ...PEOPLE, aaa: PLAIN });
    await ground.start();
    await ground.converged();
    expect(await ground.machine.read('/etc/site/ada.env')).toBe(before);
    // What an agent that was killed in a clone of theirs would have left.
    await ground.machine.output(['mkdir', '-p', `/home/aaa/code/.workstation-${'0'.repeat(32)}/.git`], {
      user: 'aaa',
    });
    await ground.declare(PEOPLE);
    await ground.cutOff('aaa');
    await ground.converged();
  });

  it('lets an administrator edit the same files, and no other program work beside it', async () => {
    const beside = ['-f', ROSTER, '-w', POLICY, '--lock-timeout', '1s'];
    const apply = await ground.machine.run([WORKSTATION, 'apply', ...beside]);
    expect([apply.code, apply.stderr]).toEqual([1, expect.stringMatching(/process \d+ .*agent.* holds it/)]);
    await ground.sh(`
      sed -i 's/T3_PORT=.*/T3_PORT=4000/; 1i OWN=kept' /etc/site/bea.env
      echo 'stranger=stranger' >>/etc/site/map
      gpasswd -d cid docker; usermod -aG games cid`);
    await eventually(
      'what is ours is as declared',
      async () =>
        !(await ground.machine.read('/etc/site/map')).includes('stranger') &&
        (await ground.sh('id -nG cid')).includes('docker'),
      { seen: ground.agent.said },
    );
    await ground.converged();
    expect(await ground.machine.read('/etc/site/bea.env')).toBe('OWN=kept\nT3_PORT=4000\n');
    expect(await ground.sh('id -nG cid')).toContain('games');
    const { status } = (await ground.users()).find(({ metadata }) => metadata.name === 'bea') ?? {};
    expect(status?.ports).toEqual({ t3: 4000 });
  });

  it('uses what was missing once it is there', async () => {
    await ground.machine.write(
      POLICY,
      (await ground.machine.read(POLICY))
        .replace('admin: [docker]', 'admin: [docker, latecomers]')
        .replace('shell: /bin/sh', 'shell: /bin/late')
        .replace('source: /opt/launcher.sh', 'source: /opt/late.sh'),
    );
    await ground.declare({ ...PEOPLE, zoe: PLAIN });
    await eventually(
      'the shell is missed',
      async () => /AccountReady: .*\/bin\/late/.test(await ground.said('zoe')),
      { seen: ground.agent.said },
    );
    await eventually(
      'the source is missed',
      async () => /late\.sh does not exist/.test(await ground.said('ada')),
      { seen: ground.agent.said },
    );
    await eventually('the group is missed', async () =>
      /latecomers does not exist/.test(await ground.said('ada', 'AccountReady')),
    );
    await ground.sh('groupadd latecomers; cp /opt/launcher.sh /opt/late.sh; ln -s /bin/sh /bin/late');
    await ground.machine.run([WORKSTATION, 'reconcile', '--all']);
    await ground.converged();
    expect(await ground.sh('id -nG zoe')).toBe('zoe docker latecomers\n');
    expect(await ground.machine.read('/home/ada/start.sh')).toBe('#!/bin/sh\n');
  });
});
