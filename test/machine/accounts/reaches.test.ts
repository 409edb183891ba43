import { createMachine } from '../../harness/machine/machine.ts';
import type { Machine } from '../../harness/machine/machine.ts';
import { describeMachine } from '../../harness/requirements.ts';
import { completion, creation, People } from './people.ts';

let machine: Machine;
const sh = (script: string) => machine.output(['sh', '-ec', script]);

describeMachine('an image', () => {
  let people: People;
  beforeAll(async () => {
    machine = await createMachine({ kind: 'chroot' });
    await sh(
      'mkdir -p /tmp/image/home; cp -a /etc /tmp/image; mkdir -p /tmp/image/bin; cp /bin/bash /tmp/image/bin',
    );
    people = new People(machine, { reach: { kind: 'image', root: '/tmp/image' } });
  });
  afterAll(() => machine.destroy());

  it('gets accounts, groups and locks like a live machine, and nothing else changes', async () => {
    const outside = `cat /etc/passwd /etc/shadow /etc/group /etc/subuid; ls -a /home`;
    const before = await sh(outside);
    await people.do('ada', creation('ada', ['sudo']));
    await people.do('bob', creation('bob'));
    await people.do('bob', { kind: 'add-to-group', group: 'sudo' });
    await people.do('ada', { kind: 'remove-from-group', group: 'sudo' });
    await people.do('ada', { kind: 'lock-account' });
    await people.do('ada', { kind: 'end-processes' });

    expect(await people.facts('ada')).toMatchObject({
      uid: 1000,
      groups: ['ada'],
      password: 'locked',
      expires: 1,
    });
    expect(await people.facts('bob')).toMatchObject({
      uid: 1001,
      groups: ['bob', 'sudo'],
      password: 'locked',
    });
    expect(await sh('stat -c "%a %u %g" /tmp/image/home/bob /tmp/image/home/bob/.profile')).toBe(
      '700 1001 1001\n644 1001 1001\n',
    );
    expect(await sh('grep -h bob /tmp/image/etc/shadow /tmp/image/etc/subuid | cut -d: -f1,2')).toBe(
      'bob:!\nbob:165536\n',
    );
    expect(await sh(outside)).toBe(before);
  });

  it('has its half-made accounts completed', async () => {
    const all =
      'cd /tmp/image; grep -h -w bob etc/passwd etc/group etc/shadow etc/subuid etc/subgid; find home -printf "%p %m %u\n"|sort';
    const whole = await sh(all);
    await sh(
      'sed -i /^bob:/d /tmp/image/etc/shadow /tmp/image/etc/subuid /tmp/image/etc/subgid; rm -r /tmp/image/home/bob',
    );
    await people.do('bob', completion('bob'));
    expect(await sh(all)).toBe(whole);
  });

  it('leads nobody out by a link where homes should be: it leads where it does in the image', async () => {
    const cyd = { ...creation('cyd'), home: '/people/cyd' } as ReturnType<typeof creation>;
    await sh('mkdir /srv/elsewhere; ln -s /srv/elsewhere /tmp/image/people');
    await expect(people.do('cyd', cyd)).rejects.toThrow('/people is no directory, mount or make it');
    expect(await people.facts('cyd')).toBeUndefined();
    await sh('mkdir -p /tmp/image/srv/elsewhere');
    await people.do('cyd', cyd);
    expect(await sh('stat -c %u /tmp/image/srv/elsewhere/cyd/.profile')).toBe('1002\n');
    expect(await sh('ls -A /srv/elsewhere')).toBe('');
  });
});

/** A root directory of its own with other databases, in the PID namespace of the machine, which is mounted at /mnt. */
const CONTAINER = `
  mkdir -p /tmp/container
  mount --bind / /tmp/container
  mount --rbind /opt /tmp/container/opt
  mount --rbind /dev /tmp/container/dev
  mount -t proc proc /tmp/container/proc
  mount --bind / /tmp/container/mnt
  mount -t tmpfs etc /tmp/container/etc
  printf 'root:x:0:0::/:/bin/sh\n' >/tmp/container/etc/passwd
  exec chroot /tmp/container "$@"
`;

describeMachine('a machine that is mounted into a container', () => {
  const inContainer = ['unshare', '--mount', 'sh', '-ec', CONTAINER, 'sh'];
  let people: People;
  beforeAll(async () => {
    machine = await createMachine({ kind: 'chroot' });
    people = new People(machine, { reach: { kind: 'mounted', root: '/mnt' } }, inContainer);
  });
  afterAll(() => machine.destroy());

  it('gets its accounts by its own tools', async () => {
    await people.do('ada', creation('ada', ['sudo']));
    expect(await people.facts('ada')).toMatchObject({ uid: 1000, groups: ['ada', 'sudo'] });
    expect(await machine.output(['id', '-un', '1000'])).toBe('ada\n');
    expect(await sh('stat -c "%a %U %G" /home/ada')).toBe('700 ada ada\n');
  });

  it('runs a person’s programs where the machine’s own programs run', async () => {
    const [answer] = await people.ask({
      steps: [{ name: 'ada', run: ['sh', '-c', 'id; pwd; ls -d $HOME /mnt/etc'] }],
    });
    expect(answer?.stdout).toBe('uid=1000(ada) gid=1000(ada) groups=1000(ada),27(sudo)\n/\n/home/ada\n');
  });

  it('loses a person’s processes', async () => {
    await sh('setpriv --reuid ada --clear-groups sleep 300 >&- 2>&- &');
    const count = () => people.ask({ steps: [{ name: 'ada', facts: true }] });
    expect(await count()).toMatchObject([{ processes: 1 }]);
    await people.do('ada', { kind: 'end-processes' });
    expect(await count()).toMatchObject([{ processes: 0 }]);
  });

  it('is not mistaken for the container', async () => {
    const alone = new People(machine, { reach: { kind: 'mounted', root: '/usr' } }, inContainer);
    await expect(alone.facts('ada')).rejects.toThrow(
      'reaching the machine mounted at /usr: PID 1 has another root directory',
    );
  });
});

describeMachine('accounts that only a name service knows', () => {
  it('are found once they were looked up, and their password is not ours to judge', async () => {
    machine = await createMachine({ kind: 'chroot' });
    await sh(`sed -i 's/^passwd:.*/passwd: files/' /etc/nsswitch.conf
      printf 'far:x:5000:100::/home/far:/bin/sh\n' >/srv/directory`);
    // Stands in for a directory server behind the real one.
    const script =
      '#!/bin/sh\nshift 2\nfor name; do grep -h -e "^$name:" /etc/passwd /srv/directory; done\nexit 2\n';
    await machine.write('/usr/local/bin/getent', script, 0o755);
    const people = new People(machine, { lookUp: ['far', 'root'] });
    expect(await people.facts('far')).toBeUndefined();
    await sh(`sed -i 's/^passwd:.*/passwd: files sss/' /etc/nsswitch.conf`);
    expect(await people.facts('far')).toMatchObject({ uid: 5000, groups: ['users'], password: 'unknown' });
    await machine.destroy();
  });
});
