import { CHECKOUT, createMachine, type Machine } from '../../harness/machine/machine.ts';
import { describeMachine } from '../../harness/requirements.ts';
import { siteBase } from '../../harness/site/site.ts';

const WORKSTATION = `${CHECKOUT}/bin/workstation`;
const ROSTER = `users:
  ada: { authentik_user: ada, k8s_user: ada, tier: admin }
`;
const POLICY = `apiVersion: workstation.dev/v1alpha1
kind: Workstation
metadata: { name: image }
spec:
  accounts: { shell: /bin/sh, groups: { admin: [sudo] } }
  files: [{ name: note, path: .config/note, content: 'for \${user}' }]
  commands: [{ name: never, argv: [touch, /tmp/ran], creates: .never }]
  services:
    - name: tool
      port: { base: 4000 }
      envFile: '/etc/tool/\${user}.env'
      env: { PORT: '\${port.tool}' }
      units: ['tool@\${user}.service']
`;
const CODE = `  code:
    infra: { name: infra, remote: 'file:///srv/git/infra.git', branch: master }
`;
const UNIT = '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n';

let machine: Machine;

/** Every file outside of the image that a pass could be after, with owner, mode, size, time and target. */
const SNAPSHOT = `
  find /bin/ /etc /home /root /run /srv /tmp /usr/lib/systemd /var \\
    -printf '%p %u:%g %m %s %T@ %l\\n' | LC_ALL=C sort --temporary-directory=/dev/shm
`;
const snapshot = () => machine.output(['sh', '-c', SNAPSHOT]);
const apply = (...args: string[]) =>
  machine.run([WORKSTATION, 'apply', '--root', '/image', '--roster', '/srv/roster.yaml', ...args]);

beforeEach(async () => {
  machine = await createMachine({ kind: 'chroot', base: await siteBase() });
  await machine.write('/srv/roster.yaml', ROSTER);
  await machine.write('/srv/workstation.yaml', POLICY);
  await machine.write('/image/bin/sh', '');
  await machine.write(
    '/image/etc/passwd',
    'root:x:0:0::/root:/bin/sh\nother:x:1500:1500::/home/other:/bin/sh\n',
  );
  await machine.write('/image/etc/group', 'root:x:0:\nsudo:x:27:\nother:x:1500:\n');
  await machine.write('/image/etc/shadow', 'root:*:20000::::::\n', 0o600);
  await machine.write('/image/etc/gshadow', 'root:*::\nsudo:*::\n', 0o600);
  await machine.write('/image/etc/systemd/system/tool@.service', UNIT);
  await machine.output(['mkdir', '/image/home', '/image/var']);
});
afterEach(() => machine.destroy());

describeMachine('an image', () => {
  it('is brought to what is declared, and nothing outside of it is touched', async () => {
    const before = await snapshot();
    const { code, stdout } = await apply();
    expect(stdout).toMatch(/^ada +Ready/m);
    expect(code).toBe(0);
    expect(await snapshot()).toBe(before);

    const passwd = await machine.read('/image/etc/passwd');
    expect(passwd).toContain('ada:x:1501:1501::/home/ada:/bin/sh');
    const owners = await machine.output([
      'stat',
      '--format=%u:%g %a',
      '/image/home/ada',
      '/image/home/ada/.config/note',
    ]);
    expect(owners).toBe('1501:1501 700\n1501:1501 644\n');
    const link = '/image/etc/systemd/system/multi-user.target.wants/tool@ada.service';
    expect(await machine.output(['readlink', link])).toBe('/etc/systemd/system/tool@.service\n');
    const { stdout: users } = await machine.run([WORKSTATION, 'describe', 'user', 'ada', '--root', '/image']);
    expect(users).toContain('never is left for the first boot');
    expect((await machine.output(['ls', '/image/var/lib/workstation'])).split('\n')).toContain('lock');

    const again = await machine.run([WORKSTATION, 'plan', '--root', 'image', '--roster', 'srv/roster.yaml']);
    expect([again.code, again.stdout]).toEqual([
      0,
      expect.stringContaining('Nothing to do: 1 person is as declared\n'),
    ]);
  });

  it('loses whoever leaves, in its own databases and links', async () => {
    await apply();
    await machine.write('/srv/roster.yaml', 'users: {}\n');
    const before = await snapshot();
    const { code, stderr } = await machine.run([
      WORKSTATION,
      'offboard',
      'ada',
      '--root',
      '/image',
      '--roster',
      '/srv/roster.yaml',
    ]);
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    expect(await snapshot()).toBe(before);
    expect(await machine.read('/image/etc/shadow')).toMatch(/^ada:!.*:1:$/m);
    expect(await machine.read('/image/etc/group')).toMatch(/^sudo:x:27:$/m);
    const links = await machine.output(['find', '/image/etc/systemd/system', '-type', 'l']);
    expect(links).toBe('');
  });

  it('that is locked by another pass is waited for, and the holder named', async () => {
    await machine.output(['mkdir', '-p', '/image/var/lib/workstation']);
    const script =
      'flock /image/var/lib/workstation/lock "$0" apply --root /image -f /srv/roster.yaml --lock-timeout 1s';
    const { code, stderr } = await machine.run(['sh', '-c', script, WORKSTATION]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^workstation: locking .*: process \d+ \(.*\), running since .* holds it, wait for it or stop it$/m,
    );
  });

  it.each<[string, string, string]>([
    ['its /etc', 'rm -r /image/etc; ln -s /etc /image/etc', 'its /etc is a symbolic link'],
    ['its passwd', 'ln -sf /etc/passwd /image/etc/passwd', 'its /etc/passwd is a symbolic link'],
    ['its homes', 'rmdir /image/home; ln -s /home /image/home', ''],
    ['its state', 'rmdir /image/var; ln -s /var /image/var', ''],
    ['its units', 'rm -r /image/etc/systemd; ln -s /etc/systemd /image/etc/systemd', ''],
  ])('cannot lead out of itself by %s', async (_, attack, sentence) => {
    await machine.output(['sh', '-c', attack]);
    const before = await snapshot();
    const { code, stderr, stdout } = await apply();
    expect(stderr + stdout).toContain(sentence);
    expect(code).toBe(1);
    expect(await snapshot()).toBe(before);
  });

  it('may keep its units elsewhere in itself, by an absolute link', async () => {
    await machine.output([
      'sh',
      '-c',
      'mkdir -p /image/usr; mv /image/etc/systemd /image/usr/systemd; ln -s /usr/systemd /image/etc/systemd',
    ]);
    const before = await snapshot();
    expect((await apply()).code).toBe(0);
    expect(await snapshot()).toBe(before);
    await machine.output([
      'test',
      '-L',
      '/image/usr/systemd/system/multi-user.target.wants/tool@ada.service',
    ]);
  });

  it('may keep its homes elsewhere in itself, with clones in them, also where the outer machine has such a directory', async () => {
    await machine.write('/srv/workstation.yaml', `${POLICY}${CODE}`);
    await machine.output([
      'sh',
      '-ec',
      'rmdir /image/home; ln -s /srv/homes /image/home; mkdir -p /image/srv/homes /srv/homes',
    ]);
    const before = await snapshot();
    const { code, stdout } = await apply();
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^ada +Ready/m)]);
    expect(await snapshot()).toBe(before);
    const made = ['/image/srv/homes/ada/.config/note', '/image/srv/homes/ada/code/.git/HEAD'];
    expect(await machine.output(['stat', '--format=%u:%g', ...made])).toBe('1501:1501\n1501:1501\n');
    expect(await machine.read('/image/etc/passwd')).toContain('ada:x:1501:1501::/home/ada:/bin/sh');
    const again = await machine.run([
      WORKSTATION,
      'plan',
      '--root',
      '/image',
      '--roster',
      '/srv/roster.yaml',
    ]);
    expect(again.code).toBe(0);
  });

  it('may keep its state elsewhere in itself, also where the outer machine has such a directory', async () => {
    const script =
      'rmdir /image/var; ln -s /srv/var /image/var; mkdir -p /image/srv/var /srv/var/lib/workstation';
    await machine.output(['sh', '-c', script]);
    const before = await snapshot();
    expect((await apply()).code).toBe(0);
    expect(await snapshot()).toBe(before);
    await machine.output(['test', '-f', '/image/srv/var/lib/workstation/lock']);
  });
});
