import { createMachine } from '../../harness/machine/machine.ts';
import { describeMachine } from '../../harness/requirements.ts';
import { completion, creation, People } from './people.ts';

let people: People;

const start = async () => {
  people = new People(await createMachine({ kind: 'chroot' }));
};
const sh = (script: string) => people.machine.output(['sh', '-ec', script]);

describeMachine('a new account', () => {
  beforeEach(start);
  afterEach(() => people.machine.destroy());

  it('is what a locked one of useradd is, with a home of its own', async () => {
    await sh('useradd --create-home --shell /bin/bash twin; chmod 700 /home/twin');
    await people.do('ada', creation('ada'));

    expect(await people.facts('ada')).toEqual({
      name: 'ada',
      uid: 1001,
      gid: 1001,
      home: '/home/ada',
      shell: '/bin/bash',
      groups: ['ada'],
      password: 'locked',
    });
    for (const file of ['passwd', 'group', 'shadow', 'gshadow', 'subuid', 'subgid']) {
      const [twin, ada] = [
        await people.lines(`/etc/${file}`, 'twin'),
        await people.lines(`/etc/${file}`, 'ada'),
      ];
      expect(ada).toBe(
        twin
          .replaceAll('twin', 'ada')
          .replaceAll('1000', '1001')
          .replace('100000:', '165536:')
          .replace('100100:', '165536:'),
      );
    }
    const tree = (name: string) => sh(`cd /home/${name}; find . -printf '%P %m %u %g\n' | sort`);
    expect(await tree('ada')).toBe((await tree('twin')).replaceAll('twin', 'ada'));
    expect(await sh('ls -A /home')).toBe('ada\ntwin\n');
  });

  it('has the groups that exist, and a group of its own whatever login.defs says', async () => {
    await sh(`sed -i 's/^USERGROUPS_ENAB.*/USERGROUPS_ENAB no/' /etc/login.defs; groupadd crew`);
    await people.do('ada', creation('ada', ['sudo', 'crew', 'no-such-group']));
    expect((await people.facts('ada'))?.groups).toEqual(['ada', 'sudo', 'crew']);
  });

  it.each([
    ['owns a home that was left', 'useradd --create-home gone; userdel gone', 1001],
    ['owns something among the homes', 'install -d -o 1004 /home/older', 1005],
    ['is the group of something among the homes', 'install -d -g 1005 /home/older', 1006],
    ['still runs something', 'setpriv --reuid 1007 --clear-groups sleep 300 >&- 2>&- &', 1008],
    ['is the id of a group', 'groupadd --gid 1009 crew', 1010],
    ['is reserved', '', 1012, [1011]],
  ])('never gets a uid that %s', async (_, before, uid, reserved: number[] = []) => {
    await sh(before);
    people = new People(people.machine, { reserved });
    await people.do('ada', creation('ada'));
    expect((await people.facts('ada'))?.uid).toBe(uid);
  });

  it('takes over a group of its name only if that is nobody’s', async () => {
    await sh(
      'groupadd ada; groupadd bob; useradd --no-user-group --gid bob cyd; groupadd dan; gpasswd -a cyd dan; groupadd --system eve',
    );
    await people.do('ada', creation('ada'));
    expect((await people.facts('ada'))?.groups).toEqual(['ada']);
    await expect(people.do('bob', creation('bob'))).rejects.toThrow(
      'creating account bob: group bob is in use by cyd',
    );
    await expect(people.do('dan', creation('dan'))).rejects.toThrow(
      'creating account dan: group dan is in use by cyd',
    );
    await expect(people.do('eve', creation('eve'))).rejects.toThrow(
      'creating account eve: group eve is a system group',
    );
    expect(await people.facts('bob')).toBeUndefined();
  });

  it('is refused where a home, a shell or the directory of homes is not as it should be', async () => {
    await sh('mkdir /home/ada; ln -s /etc /home/bob; chmod 777 /srv');
    await expect(people.do('ada', creation('ada'))).rejects.toThrow('/home/ada exists already');
    await expect(people.do('bob', creation('bob'))).rejects.toThrow('/home/bob exists already');
    await expect(people.do('cyd', { ...creation('cyd'), shell: '/bin/nosuch' } as never)).rejects.toThrow(
      'creating account cyd: there is no shell /bin/nosuch on the machine',
    );
    await expect(people.do('cyd', { ...creation('cyd'), home: '/srv/cyd' } as never)).rejects.toThrow(
      'others than root can write to /srv',
    );
    await expect(people.do('cyd', { ...creation('cyd'), home: '/nowhere/cyd' } as never)).rejects.toThrow(
      '/nowhere is no directory, mount or make it',
    );
    expect(await sh('grep -c -e ada -e bob -e cyd /etc/passwd || true')).toBe('0\n');
  });

  it('cannot smuggle in an option by its name', async () => {
    await expect(people.do('--root=/tmp', creation('ada'))).rejects.toThrow('creating account --root=/tmp: ');
    await expect(people.do('-h', creation('ada'))).rejects.toThrow('creating account -h: ');
    expect(await sh('ls -A /home')).toBe('');
  });

  it('is one of many that are asked for at once', async () => {
    const names = ['ada', 'bob', 'cyd', 'dan'];
    const answers = await people.ask({
      atOnce: true,
      steps: names.map((name) => ({ name, do: creation(name) })),
    });
    expect(answers).toEqual([{}, {}, {}, {}]);
    expect(await sh('ls /home')).toBe('ada\nbob\ncyd\ndan\n');
  });

  it('is made although lock files that nobody holds are in the way, and that is said', async () => {
    // As after a crash of the machine: empty, of a pid that is another process's by now, of one that is nobody's.
    await sh(`touch /etc/passwd.lock /etc/subuid.lock
      printf '1\\0' >/etc/shadow.lock; touch -d '2 days ago' /etc/shadow.lock
      printf '999999\\0' >/etc/group.lock`);
    expect(await people.do('ada', creation('ada'))).toBe(
      'removed lock files that nobody held: /etc/passwd.lock, /etc/shadow.lock, /etc/subuid.lock',
    );
    expect(await people.facts('ada')).toBeDefined();
  });

  it('is not made while another process holds a lock, and that is said', async () => {
    await sh(`sleep 300 >&- 2>&- & printf '%d\\0' $! >/etc/group.lock`);
    await expect(people.do('ada', creation('ada'))).rejects.toThrow(
      /lock \/etc\/group.lock already used by PID \d+/,
    );
  });
});

describeMachine('an account', () => {
  beforeEach(async () => {
    await start();
    await people.do('ada', creation('ada'));
  });
  afterEach(() => people.machine.destroy());

  it('joins and leaves groups, twice if asked twice', async () => {
    const join = { kind: 'add-to-group', group: 'sudo' } as const;
    for (const action of [join, join]) await people.do('ada', action);
    expect((await people.facts('ada'))?.groups).toEqual(['ada', 'sudo']);
    const leave = { kind: 'remove-from-group', group: 'sudo' } as const;
    for (const action of [leave, leave]) await people.do('ada', action);
    expect((await people.facts('ada'))?.groups).toEqual(['ada']);
    await expect(people.do('ada', { kind: 'add-to-group', group: '--root=/' })).rejects.toThrow(
      'adding ada to group --root=/: ',
    );
  });

  it('is locked and unlocked with its password, or with none if it had none, and with its expiry', async () => {
    await sh(`for name in bob cyd dan eve fay; do useradd $name; done
      for name in bob cyd eve fay; do echo "$name:secret" | chpasswd; done
      usermod --lock cyd; passwd --delete dan; usermod --expiredate 2040-02-01 --inactive 14 eve
      usermod --lock --expiredate 2020-02-01 fay`);
    const fields = `awk -F: '$1 ~ /^(ada|bob|cyd|dan|eve|fay)$/ {print $1, $2, $7, $8}' /etc/shadow`;
    const before = await sh(fields);
    const names = ['ada', 'bob', 'cyd', 'dan', 'eve', 'fay'];
    for (const name of names) {
      for (const kind of ['lock-account', 'lock-account'] as const) await people.do(name, { kind });
      expect(await people.facts(name)).toMatchObject({ password: 'locked', expires: 1 });
    }
    for (const name of names) {
      for (const kind of ['unlock-account', 'unlock-account'] as const) await people.do(name, { kind });
    }
    // An account that had needed no password stays locked.
    expect(await sh(fields)).toBe(before.replace('dan  ', 'dan ! '));
  });

  it('cannot be entered by way of PAM while it is locked', async () => {
    const enter = () =>
      people.machine.run(['setpriv', '--reuid=1001', '--clear-groups', 'su', 'ada', '-c', 'true']);
    await sh(
      'useradd bob; printf "auth sufficient pam_permit.so\\naccount required pam_unix.so\\n" >/etc/pam.d/su',
    );
    expect((await enter()).code).toBe(0);
    await people.do('ada', { kind: 'lock-account' });
    expect(await enter()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('account has expired') as string,
    });
    await people.do('ada', { kind: 'unlock-account' });
    expect((await enter()).code).toBe(0);
  });

  it('loses all its processes, those too that do not want to go, and nobody else does', async () => {
    await sh(`useradd bob
      mkdir -p /var/lib/systemd/linger; touch /var/lib/systemd/linger/ada
      setpriv --reuid ada --clear-groups sleep 300 >&- 2>&- &
      setpriv --reuid ada --clear-groups setsid sh -c 'trap "" TERM; while :; do sleep 1; done' >&- 2>&- &
      setpriv --ruid ada --clear-groups sleep 300 >&- 2>&- &
      setpriv --reuid bob --clear-groups sleep 300 >&- 2>&- &`);
    const count = async (name: string) =>
      (await people.ask({ steps: [{ name, facts: true }] }))[0]?.processes;
    expect(await count('ada')).toBeGreaterThanOrEqual(3);
    await people.do('ada', { kind: 'end-processes' });
    expect([await count('ada'), await count('bob')]).toEqual([0, 1]);
    expect(await sh('ls /var/lib/systemd/linger')).toBe('');
  });

  it('is completed, whatever part of it is missing', async () => {
    const all = `grep -h -w ada /etc/passwd /etc/group /etc/shadow /etc/subuid /etc/subgid; cd /home; find . -printf '%P %m %u %g\\n' | sort`;
    const whole = await sh(all);
    const damage: Readonly<Record<string, string>> = {
      shadow: 'sed -i /^ada:/d /etc/shadow',
      group: 'sed -i /^ada:/d /etc/group /etc/gshadow',
      subids: 'sed -i /^ada:/d /etc/subuid /etc/subgid',
      home: 'rm -r /home/ada; mkdir -p /home/.ada.new-home/half',
      everything:
        'sed -i /^ada:/d /etc/shadow /etc/group /etc/gshadow /etc/subuid /etc/subgid; rm -r /home/ada',
      nothing: '',
    };
    for (const [part, script] of Object.entries(damage)) {
      await sh(script);
      await people.do('ada', completion('ada'));
      expect([part, await sh(all)]).toEqual([part, whole]);
    }
  });

  it('is left alone when it is not a person’s, or shares something', async () => {
    await sh(`useradd --system robot; useradd --non-unique --uid 1000 twin
      useradd --home-dir / rooty; useradd filer; echo >/home/filer`);
    const lock = { kind: 'lock-account' } as const;
    await expect(people.do('root', lock)).rejects.toThrow(
      "lock-account root: it has uid 0, a system account's",
    );
    await expect(people.do('robot', lock)).rejects.toThrow('lock-account robot: it has uid 999');
    await expect(people.do('ada', lock)).rejects.toThrow('lock-account ada: twin has the same uid 1000');
    await expect(people.do('rooty', lock)).rejects.toThrow('lock-account rooty: its home is /');
    await expect(people.do('filer', lock)).rejects.toThrow(
      'lock-account filer: its home /home/filer is no directory',
    );
    await expect(people.do('nosuch', { kind: 'end-processes' })).rejects.toThrow('there is no such account');
  });
});

describeMachine('a person on a machine with systemd', () => {
  it('loses a service manager that lingers, and what it runs', async () => {
    people = new People(await createMachine({ kind: 'booted' }));
    await people.do('ada', creation('ada'));
    await sh('loginctl enable-linger ada; systemctl start user@1000.service');
    const count = async () => (await people.ask({ steps: [{ name: 'ada', facts: true }] }))[0]?.processes;
    expect(await count()).toBeGreaterThan(0);
    await people.do('ada', { kind: 'end-processes' });
    expect(await count()).toBe(0);
    expect(await sh('ls /var/lib/systemd/linger; systemctl is-active user@1000.service || true')).toBe(
      'inactive\n',
    );
    await people.machine.destroy();
  });
});
