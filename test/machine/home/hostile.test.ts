import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, linkSync, mkdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Refusal } from '../../../src/host/files/refusal.ts';
import { Homes } from '../../../src/host/home/homes.ts';
import type { HomeUser } from '../../../src/host/home/homes.ts';
import type { Entry, Probe } from '../../../src/sections/facts.ts';
import { describeMachine } from '../../harness/requirements.ts';
import { ada, clearGrounds, evidence, makeOwn, mallory, prepareGround } from './ground.ts';

const F = '/home/mallory/f';

let root: string;
let homes: Homes;

/** A file in mallory's home, as root can make it there. */
function place(path: string, content: string, owner: number, group: number, mode: number): void {
  writeFileSync(join(root, path), content);
  chownSync(join(root, path), owner, group);
  chmodSync(join(root, path), mode);
}

async function look(user: HomeUser, path: string, read: Probe['read'] = 'text'): Promise<Entry | undefined> {
  return (await homes.observe(user, [{ path, read }])).get(path);
}

async function refusalOf(done: Promise<void>): Promise<Refusal | undefined> {
  const error = await done.then(
    () => undefined,
    (error: unknown) => error as { refusal: Refusal },
  );
  return error?.refusal;
}

const write = (path: string): Promise<void> =>
  homes.writeFile(mallory, { path, content: 'new', mode: 0o600 });

describeMachine('what users put where files are expected', () => {
  beforeEach(() => {
    root = prepareGround();
    homes = new Homes({ root });
  });
  afterEach(async () => {
    await homes.close();
    clearGrounds();
  });

  const linked: [string, string, Refusal][] = [
    ["somebody else's file", '/home/ada/f', { reason: 'foreign-owner', at: F, uid: ada.uid }],
    ["root's file", '/etc/private/f', { reason: 'foreign-owner', at: F, uid: 0 }],
    ['a file of her own elsewhere', '/srv/mallory/f', { reason: 'hard-linked', at: F, links: 2 }],
  ];
  it.each(linked)('a hard link to %s is neither written nor changed in mode', async (_, target, refusal) => {
    linkSync(join(root, target), join(root, F));
    const before = evidence(root, 'everywhere');
    expect(await refusalOf(write(F))).toEqual(refusal);
    expect(await refusalOf(homes.setMode(mallory, F, 0o777))).toEqual(refusal);
    expect(evidence(root, 'everywhere')).toBe(before);
  });

  it('a hard link to a file she may not read is not read for her', async () => {
    linkSync(join(root, '/etc/private/f'), join(root, F));
    const obstacle = { reason: 'error', at: F, code: 'EACCES' };
    expect(await look(mallory, F)).toEqual({ kind: 'blocked', obstacle });
  });

  it("root's own file in her home is left alone", async () => {
    place(F, 'x', 0, 0, 0o644);
    expect(await refusalOf(write(F))).toEqual({ reason: 'foreign-owner', at: F, uid: 0 });
    expect(await look(mallory, F)).toMatchObject({ kind: 'file', uid: 0, text: 'x' });
  });

  it('a set-user-id file is replaced by a plain one', async () => {
    place(F, 'x', mallory.uid, mallory.gid, 0o6755);
    await write(F);
    expect(await look(mallory, F)).toMatchObject({
      kind: 'file',
      mode: 0o600,
      uid: mallory.uid,
      text: 'new',
    });
  });

  it.each([
    ['FIFO', ['p'], { kind: 'other', type: 'fifo' }],
    ['endless device', ['c', '1', '5'], { kind: 'other', type: 'device' }],
    ['block device', ['b', '7', '0'], { kind: 'other', type: 'device' }],
  ] as const)('a %s is neither opened nor replaced', async (_, type, entry) => {
    execFileSync('mknod', [join(root, F), ...type]);
    chownSync(join(root, F), mallory.uid, mallory.gid);
    expect(await look(mallory, F)).toEqual(entry);
    expect(await refusalOf(write(F))).toEqual({ reason: 'wrong-type', at: F, wanted: 'file' });
    await homes.removeTree(mallory, F);
    expect(await look(mallory, F)).toEqual({ kind: 'absent' });
  });

  it('a file of a terabyte takes no time, and is replaced where that was asked for', async () => {
    place(F, '', mallory.uid, mallory.gid, 0o600);
    truncateSync(join(root, F), 2 ** 40);
    const start = performance.now();
    const obstacle = { reason: 'too-large', at: F, size: 2 ** 40, limit: 2 ** 22 };
    expect(await look(mallory, F)).toEqual({ kind: 'blocked', obstacle });
    expect(performance.now() - start).toBeLessThan(5000);
    await write(F);
    expect(statSync(join(root, F)).size).toBe(3);
  });

  it('a directory that she has closed to herself is an obstacle and no more', async () => {
    makeOwn(root, mallory, '/home/mallory/d', 0o000);
    const obstacle = { reason: 'error', at: '/home/mallory/d/f', code: 'EACCES' };
    expect(await look(mallory, '/home/mallory/d/f')).toEqual({ kind: 'blocked', obstacle });
    expect(await refusalOf(write('/home/mallory/d/f'))).toEqual(obstacle);
  });
});

describeMachine('rights', () => {
  beforeEach(() => {
    root = prepareGround();
    homes = new Homes({ root });
  });
  afterEach(async () => {
    await homes.close();
    clearGrounds();
  });

  it('missing parents belong to the user, also where the directory above gives its group away', async () => {
    mkdirSync(join(root, '/home/mallory/shared'));
    chownSync(join(root, '/home/mallory/shared'), mallory.uid, 60_100);
    chmodSync(join(root, '/home/mallory/shared'), 0o2775);
    await homes.writeFile(mallory, {
      path: '/home/mallory/shared/a/b',
      content: '',
      mode: 0o640,
      parentsMode: 0o750,
    });
    for (const [path, mode] of [
      ['a', 0o40750],
      ['a/b', 0o100640],
    ] as const) {
      const { uid, gid, mode: found } = statSync(join(root, '/home/mallory/shared', path));
      expect([path, uid, gid, found.toString(8)]).toEqual([path, mallory.uid, mallory.gid, mode.toString(8)]);
    }
  });

  it("are the user's groups, and nobody keeps those of the last", async () => {
    place(F, 'for the group', 0, 60_100, 0o640);
    chmodSync(join(root, mallory.home), 0o755);
    place('/home/ada/g', 'for the group', 0, 60_100, 0o640);
    const users: HomeUser[] = [mallory, { ...mallory, groups: [] }, mallory];
    const seen = await Promise.all(users.map((user) => look(user, F)));
    const denied = { kind: 'blocked', obstacle: { reason: 'error', at: F, code: 'EACCES' } };
    expect(seen).toEqual([
      expect.objectContaining({ kind: 'file' }),
      denied,
      expect.objectContaining({ kind: 'file' }),
    ]);
    expect(await look(ada, '/home/ada/g')).toMatchObject({ kind: 'blocked', obstacle: { code: 'EACCES' } });
  });

  it("end at the home: somebody else's is no ground to work on, root's only to look at", async () => {
    const thief: HomeUser = { ...mallory, home: '/home/ada' };
    expect(await look(thief, '/home/ada/f')).toMatchObject({
      kind: 'blocked',
      obstacle: { reason: 'error', code: 'EPERM' },
    });
    const refusal = { reason: 'foreign-owner', at: '/home/ada', uid: ada.uid };
    expect(await refusalOf(homes.makeDirectory(thief, { path: '/home/ada/d', mode: 0o755 }))).toEqual(
      refusal,
    );

    const homeless: HomeUser = { ...mallory, home: '/srv' };
    expect(await look(homeless, '/srv', 'list')).toMatchObject({ kind: 'directory', names: ['mallory'] });
    expect(await refusalOf(homes.makeDirectory(homeless, { path: '/srv/d', mode: 0o755 }))).toMatchObject({
      reason: 'foreign-owner',
      uid: 0,
    });
  });
});

describeMachine('a tree that is removed', () => {
  const mounted: string[] = [];
  beforeEach(() => {
    root = prepareGround();
    homes = new Homes({ root });
    makeOwn(root, mallory, '/home/mallory/d/mounted');
  });
  afterEach(async () => {
    await homes.close();
    for (const path of mounted.splice(0)) execFileSync('umount', [path]);
    clearGrounds();
  });

  it.each([
    ['part of the same file system', ['--bind', '/srv/mallory']],
    ['another file system', ['-t', 'tmpfs', 'none']],
  ])('is left where %s is mounted in it', async (_, options) => {
    const inside = join(root, '/home/mallory/d/mounted');
    execFileSync('mount', [
      ...options.map((option) => (option.startsWith('/') ? join(root, option) : option)),
      inside,
    ]);
    mounted.push(inside);
    writeFileSync(join(inside, 'kept'), '');
    const refusal = { reason: 'mount-point', at: '/home/mallory/d/mounted' };
    expect(await refusalOf(homes.removeTree(mallory, '/home/mallory/d'))).toEqual(refusal);
    expect(statSync(join(inside, 'kept')).size).toBe(0);
    expect(await refusalOf(homes.removeTree(mallory, '/home/mallory/d/mounted'))).toEqual(refusal);
  });

  it('goes with all its links, and without what they lead to', async () => {
    makeOwn(root, mallory, '/home/mallory/d/closed/deep');
    chmodSync(join(root, '/home/mallory/d/closed'), 0o500);
    for (const target of ['/home/ada', '/etc/private', '/srv/mallory']) {
      execFileSync('ln', [
        '-s',
        join(root, target),
        join(root, '/home/mallory/d/mounted', target.replaceAll('/', '-')),
      ]);
    }
    const before = evidence(root, 'outside');
    await homes.removeTree(mallory, '/home/mallory/d');
    expect(await look(mallory, '/home/mallory', 'list')).toMatchObject({ names: [] });
    expect(evidence(root, 'outside')).toBe(before);
  });

  it('lets others be served while it is removed', async () => {
    for (let i = 0; i < 6000; i += 1) writeFileSync(join(root, `/home/mallory/d/mounted/${i}`), '');
    let isGone = false;
    const removal = homes.removeTree(mallory, '/home/mallory/d').then(() => (isGone = true));
    await look(ada, '/home/ada/f');
    expect(isGone).toBe(false);
    await removal;
  });
});
