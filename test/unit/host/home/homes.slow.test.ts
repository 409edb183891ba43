import { chownSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Homes } from '../../../../src/host/home/homes.ts';
import type { HomeUser } from '../../../../src/host/home/homes.ts';
import { digest } from '../../../../src/host/files/write.ts';
import { layOut, removeTemporaryDirectories, snapshot, temporaryDirectory } from '../files/layout.ts';

/** Root works for somebody else, who needs no account for it; anybody else works for themselves. */
const isRoot = process.getuid?.() === 0;
const uid = isRoot ? 60_001 : (process.getuid?.() ?? 0);
const gid = isRoot ? 60_001 : (process.getgid?.() ?? 0);
const ada: HomeUser = { uid, gid, groups: [gid], home: '/home/ada' };

let root: string;
let homes: Homes;
beforeEach(() => {
  root = temporaryDirectory();
  mkdirSync(join(root, 'home/ada'), { recursive: true });
  if (isRoot) chownSync(join(root, 'home/ada'), uid, gid);
  homes = new Homes({ root });
});
afterEach(async () => {
  await homes.close();
  removeTemporaryDirectories();
});

it('does everything that can be done to files in a home', async () => {
  const home = join(root, 'home/ada');
  await homes.writeFile(ada, { path: '/home/ada/.config/a', content: 'hé', mode: 0o600, parentsMode: 0o700 });
  await homes.writeFile(ada, {
    path: '/home/ada/.config/a',
    content: 'new',
    mode: 0o600,
    expect: digest('hé'),
  });
  await homes.makeDirectory(ada, { path: '/home/ada/code', mode: 0o750 });
  await homes.setMode(ada, '/home/ada/code', 0o755);
  await homes.rename(ada, { from: '/home/ada/.config/a', to: '/home/ada/code/b' });
  expect(snapshot(home)).toEqual({ '.config': 'dir 700', code: 'dir 755', 'code/b': 'file 600 new' });

  const entries = await homes.observe(ada, [
    { path: '/home/ada/code/b', read: 'text' },
    { path: '/home/ada', read: 'list' },
    { path: '/home/ada/none', read: 'stat' },
  ]);
  expect(entries.get('/home/ada/code/b')).toMatchObject({ kind: 'file', uid, gid, mode: 0o600, text: 'new' });
  expect(entries.get('/home/ada')).toMatchObject({ kind: 'directory', names: ['.config', 'code'] });
  expect(entries.get('/home/ada/none')).toEqual({ kind: 'absent' });

  await homes.removeTree(ada, '/home/ada/code/b');
  await homes.removeTree(ada, '/home/ada/.config');
  await homes.removeLeftovers(ada, '/home/ada');
  expect(snapshot(home)).toEqual({ code: 'dir 755' });
});

describe('a look that is known', () => {
  const probes = [
    { path: '/home/ada/f', read: 'text' },
    { path: '/home/ada/d', read: 'list' },
    { path: '/home/ada/none', read: 'stat' },
  ] as const;
  const write = (path: string, content: string) => homes.writeFile(ada, { path, content, mode: 0o600 });
  const changes: Readonly<Record<string, () => Promise<void>>> = {
    'other content': () => write('/home/ada/f', 'two'),
    'another mode': () => homes.setMode(ada, '/home/ada/f', 0o640),
    'another name in a directory': () => write('/home/ada/d/new', ''),
    'a new file': () => write('/home/ada/none', ''),
    'a file that is gone': () => homes.removeTree(ada, '/home/ada/f'),
    'no home any more': async () => renameSync(join(root, 'home/ada'), join(root, 'home/moved')),
  };

  beforeEach(async () => {
    await write('/home/ada/f', 'one');
    await homes.makeDirectory(ada, { path: '/home/ada/d', mode: 0o700 });
  });

  it('is answered in a word while nothing changes', async () => {
    const look = await homes.look(ada, probes);
    expect(look?.entries).toEqual(await homes.observe(ada, probes));
    expect(await homes.look(ada, probes, look?.version)).toBeUndefined();
    expect(await homes.look(ada, probes, 'another')).toEqual(look);
  });

  it.each(Object.keys(changes))('is answered whole after %s', async (what) => {
    const known = (await homes.look(ada, probes))?.version;
    await changes[what]?.();
    const look = await homes.look(ada, probes, known);
    expect(look?.entries).toEqual(await homes.observe(ada, probes));
  });
});

it('rejects with the refusal, and goes on', async () => {
  await layOut(root, { 'home/ada/link': { link: '/etc' } });
  await expect(
    homes.writeFile(ada, { path: '/home/ada/link/f', content: 'x', mode: 0o600 }),
  ).rejects.toMatchObject({
    message:
      'write /home/ada/link/f: /home/ada/link is a symbolic link to /etc, which is not followed: remove it',
    refusal: { reason: 'symlink', at: '/home/ada/link', target: '/etc' },
  });
  await homes.makeDirectory(ada, { path: '/home/ada/d', mode: 0o700 });
});

it('sees nothing in a home that does not exist, and does not make it', async () => {
  const eve: HomeUser = { ...ada, home: '/home/eve' };
  const probes = [{ path: '/home/eve/f', read: 'text' }] as const;
  expect(await homes.observe(eve, probes)).toEqual(new Map([['/home/eve/f', { kind: 'absent' }]]));
  await expect(homes.makeDirectory(eve, { path: '/home/eve/d', mode: 0o700 })).rejects.toMatchObject({
    refusal: { reason: 'error', at: '/home/eve', code: 'ENOENT' },
  });
  expect(snapshot(join(root, 'home'))).toEqual({ ada: 'dir 755' });
});

it('never works as root, nor as somebody whose rights it cannot have', async () => {
  const other = isRoot ? 0 : 60_002;
  const probes = [{ path: '/home/ada/f', read: 'stat' }] as const;
  const entries = await homes.observe({ ...ada, uid: other }, probes);
  expect(entries.get('/home/ada/f')).toMatchObject({
    kind: 'blocked',
    obstacle: { reason: 'error', code: 'EPERM' },
  });
});

it('takes a path outside the home for a fault of the caller, and goes on', async () => {
  await expect(homes.removeTree(ada, '/home/adam/f')).rejects.toThrow('no normalized path below /home/ada');
  await homes.makeDirectory(ada, { path: '/home/ada/d', mode: 0o700 });
});

it('ends the wait when the caller no longer wants the answer', async () => {
  const abort = new AbortController();
  const observed = homes.observe(ada, [{ path: '/home/ada', read: 'list' }], abort.signal);
  abort.abort(new Error('stopping'));
  await expect(observed).rejects.toThrow('stopping');
  await expect(homes.observe(ada, [], abort.signal)).rejects.toThrow('stopping');
  await homes.makeDirectory(ada, { path: '/home/ada/d', mode: 0o700 });
});

it('lets its process go when nothing is asked, and has another when something is', async () => {
  let rests = 0;
  const brief = new Homes({ root, leisure: 0, onRest: () => (rests += 1) });
  const processes = () => readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
  const before = new Set(processes());
  for (const name of ['a', 'b']) {
    await brief.makeDirectory(ada, { path: `/home/ada/${name}`, mode: 0o700 });
    await until(() => processes().every((pid) => pid === '' || before.has(pid)));
  }
  expect(rests).toBe(2);
  // Whoever asks while one is going meets nothing of it.
  for (let turn = 0; turn < 12; turn++) {
    await brief.setMode(ada, '/home/ada/a', turn % 2 === 0 ? 0o750 : 0o700);
    await pause(turn % 4);
  }
  expect(snapshot(join(root, 'home/ada'))).toEqual({ a: 'dir 700', b: 'dir 700' });
  await brief.close();
}, 60_000);

async function until(isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error('waited half a minute in vain');
    await pause(5);
  }
}

it('answers what was asked before it was closed, and nothing after', async () => {
  const made = homes.makeDirectory(ada, { path: '/home/ada/d', mode: 0o700 });
  await homes.close();
  await made;
  await expect(homes.removeTree(ada, '/home/ada/f')).rejects.toThrow('the program is ending');
});
