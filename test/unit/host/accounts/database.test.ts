import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Accounts } from '../../../../src/host/accounts/database.ts';

const PASSWD =
  'root:x:0:0:root:/root:/bin/bash\nada:x:1000:1000::/home/ada:/bin/zsh\nbob:x:1001:100::/home/bob:/bin/sh\n';
const GROUP = 'root:x:0:\nsudo:x:27:ada,bob\nusers:x:100:\ndocker:x:995:ada\nada:x:1000:\n';
const SHADOW = 'root:*:20000:0:99999:7:::\nada:!:20000:0:99999:7::1:\n';

describe('the accounts of a machine', () => {
  let root = '';
  const write = (file: string, text: string) => writeFileSync(join(root, 'etc', file), text);
  const accounts = () => new Accounts({ kind: 'image', root });

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'accounts-'));
    mkdirSync(join(root, 'etc'));
    write('passwd', PASSWD);
    write('group', GROUP);
    write('shadow', SHADOW);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('are what the databases say', () => {
    expect(accounts().get('ada')).toEqual({
      name: 'ada',
      uid: 1000,
      gid: 1000,
      home: '/home/ada',
      shell: '/bin/zsh',
      groups: ['ada', 'sudo', 'docker'],
      password: 'locked',
      expires: 1,
    });
    expect(accounts().get('bob')).toMatchObject({ groups: ['users', 'sudo'], password: 'missing' });
    expect(accounts().get('eve')).toBeUndefined();
    expect(accounts().groups()).toEqual(new Set(['root', 'sudo', 'users', 'docker', 'ada']));
  });

  it('come with what a program needs to run as them', () => {
    expect(accounts().credentials('ada')).toEqual({
      name: 'ada',
      uid: 1000,
      gid: 1000,
      groups: [27, 995],
      home: '/home/ada',
      shell: '/bin/zsh',
    });
    expect(() => accounts().credentials('eve')).toThrow('running as eve: there is no such account');
  });

  it('are read again when a file is replaced, even by one of the same size and date', async () => {
    const known = accounts();
    const before = known.groups();
    await Promise.resolve();
    expect(known.groups()).toBe(before);
    write('group.new', GROUP.replace('docker', 'podman'));
    renameSync(join(root, 'etc/group.new'), join(root, 'etc/group'));
    await Promise.resolve();
    expect(known.groups().has('podman')).toBe(true);
    expect(known.get('ada')?.groups).toContain('podman');
  });

  it('are of one state for whoever asks for several things at one go', async () => {
    const known = accounts();
    expect(known.get('ada')?.groups).toContain('docker');
    write('group', GROUP.replace('docker', 'podman'));
    expect(known.get('ada')?.groups).toContain('docker');
    await Promise.resolve();
    expect(known.get('ada')?.groups).toContain('podman');
  });

  it('have an unknown password where shadow is not there', () => {
    rmSync(join(root, 'etc/shadow'));
    expect(accounts().get('ada')?.password).toBe('unknown');
  });

  it.each(['passwd', 'group'])('are an error, and never none, when %s cannot be read or is empty', (file) => {
    write(file, '');
    expect(() => accounts().get('ada')).toThrow(`etc/${file}: it holds no`);
    rmSync(join(root, 'etc', file));
    expect(() => accounts().get('ada')).toThrow('ENOENT');
    mkdirSync(join(root, 'etc', file));
    expect(() => accounts().get('ada')).toThrow('EISDIR');
  });

  it('come with a complaint about lines that nobody can read', () => {
    expect(accounts().complaints()).toEqual([]);
    write('passwd', `${PASSWD}eve:x:10O2:1002::/home/eve:/bin/sh\nmallory\n`);
    expect(accounts().complaints()).toEqual([
      `reading ${root}/etc/passwd: line 4, 5 is not readable, correct it with vipw`,
    ]);
    expect(accounts().get('ada')?.uid).toBe(1000);
  });

  it('count once, the first time, when a name stands there twice', () => {
    write('passwd', `${PASSWD}ada:x:0:0::/:/bin/sh\n`);
    expect(accounts().get('ada')?.uid).toBe(1000);
  });

  if (process.getuid?.() !== 0) {
    it('have an unknown password where shadow is not for us to read', () => {
      chmodSync(join(root, 'etc/shadow'), 0);
      expect(accounts().get('ada')?.password).toBe('unknown');
    });
  }
});
