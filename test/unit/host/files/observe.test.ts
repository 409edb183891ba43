import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRoot } from '../../../../src/host/files/calls.ts';
import type { LinkPolicy } from '../../../../src/host/files/links.ts';
import { observe, observeAll } from '../../../../src/host/files/observe.ts';
import { Contents } from '../../../../src/host/files/read.ts';
import { Tree } from '../../../../src/host/files/tree.ts';
import type { Entry, Probe } from '../../../../src/sections/facts.ts';
import { layOut, removeTemporaryDirectories, temporaryDirectory } from './layout.ts';
import type { Layout } from './layout.ts';

afterEach(removeTemporaryDirectories);

const MIB = 2 ** 20;

/** Looks below a new root where the layout has been made. */
async function look(layout: Layout, policy: LinkPolicy, read: Probe['read'], path: string): Promise<Entry> {
  const root = temporaryDirectory();
  await layOut(root, layout);
  const tree = new Tree({ fd: openRoot(root), path: '/' }, policy);
  const entry = observe(tree, { path, read }, new Contents());
  tree.close();
  return entry;
}

describe.each(['home', 'system'] as const)('in a tree of policy %s', (policy) => {
  const cases: [string, Layout, Probe['read'], string, object][] = [
    ['tells that nothing is there', {}, 'stat', '/a', { kind: 'absent' }],
    ['tells that a parent is not there', {}, 'text', '/a/b/c', { kind: 'absent' }],
    [
      'tells mode, size and links of a file without its content',
      { a: { file: 'hello', mode: 0o4711 }, b: { hardLink: 'a' } },
      'stat',
      '/a',
      { kind: 'file', mode: 0o4711, size: 5, links: 2, text: undefined },
    ],
    ['reads a file', { 'd/a': { file: 'hé\uFEFF' } }, 'text', '/d/a', { kind: 'file', text: 'hé\uFEFF' }],
    ['reads an empty file', { a: { file: '' } }, 'text', '/a', { kind: 'file', size: 0, text: '' }],
    [
      'gives no text for bytes that are not UTF-8',
      { a: { file: Buffer.of(0xff) } },
      'text',
      '/a',
      { kind: 'file', size: 1, text: undefined },
    ],
    [
      'reads a file of the largest size',
      { a: { sparse: 4 * MIB } },
      'text',
      '/a',
      { kind: 'file', size: 4 * MIB },
    ],
    [
      'does not read a larger file',
      { a: { sparse: 4 * MIB + 1 } },
      'text',
      '/a',
      { kind: 'blocked', obstacle: { reason: 'too-large', at: '/a', size: 4 * MIB + 1, limit: 4 * MIB } },
    ],
    [
      'does not read a huge sparse file',
      { a: { sparse: 2 ** 40 } },
      'text',
      '/a',
      { kind: 'blocked', obstacle: { reason: 'too-large', at: '/a', size: 2 ** 40, limit: 4 * MIB } },
    ],
    [
      'lists a directory in order',
      { 'd/b': { file: '' }, 'd/a': { dir: true } },
      'list',
      '/d',
      { kind: 'directory', names: ['a', 'b'] },
    ],
    ['lists the root', { b: { file: '' } }, 'list', '/', { kind: 'directory', names: ['b'] }],
    [
      'lists no names where only the status was asked for',
      { 'd/b': { file: '' } },
      'stat',
      '/d',
      { kind: 'directory', names: undefined },
    ],
    [
      'tells that a directory stands where a text is sought',
      { d: { dir: true } },
      'text',
      '/d',
      { kind: 'directory', names: undefined },
    ],
    [
      'tells that a file stands where a list is sought',
      { a: { file: 'x' } },
      'list',
      '/a',
      { kind: 'file', text: undefined },
    ],
    ['opens no FIFO', { a: { special: 'fifo' } }, 'text', '/a', { kind: 'other', type: 'fifo' }],
    ['opens no socket', { a: { special: 'socket' } }, 'text', '/a', { kind: 'other', type: 'socket' }],
    [
      'names the parent that is no directory',
      { a: { file: 'x' } },
      'stat',
      '/a/b/c',
      { kind: 'blocked', obstacle: { reason: 'not-a-directory', at: '/a' } },
    ],
    [
      'shows a link as a link',
      { a: { link: '/nowhere' } },
      'stat',
      '/a',
      { kind: 'symlink', target: '/nowhere' },
    ],
    [
      'passes on what the system says',
      {},
      'stat',
      `/${'n'.repeat(300)}`,
      { kind: 'blocked', obstacle: { reason: 'error', at: `/${'n'.repeat(300)}`, code: 'ENAMETOOLONG' } },
    ],
  ];
  it.each(cases)('%s', async (_, layout, read, path, expected) => {
    const entry = await look(layout, policy, read, path);
    expect({ ...expected, ...entry }).toEqual({ ...entry, ...expected });
  });
});

describe('symbolic links in a home', () => {
  const inside: Layout = { 'real/file': { file: 'secret' } };
  const cases: [string, Layout, Probe['read'], string, string, string][] = [
    ['a parent inside the home', { link: { link: 'real' } }, 'text', '/link/file', '/link', 'real'],
    ['a parent, for a status only', { link: { link: 'real' } }, 'stat', '/link/file', '/link', 'real'],
    [
      'a parent that leads out of the home',
      { link: { link: '/etc' } },
      'text',
      '/link/passwd',
      '/link',
      '/etc',
    ],
    ['a parent that dangles', { link: { link: '/nowhere' } }, 'stat', '/link/x', '/link', '/nowhere'],
    ['a parent that leads to itself', { link: { link: 'link' } }, 'stat', '/link/x', '/link', 'link'],
    ['a parent far down', { 'a/b/c': { link: '..' } }, 'stat', '/a/b/c/d/e', '/a/b/c', '..'],
    ['a file', { link: { link: 'real/file' } }, 'text', '/link', '/link', 'real/file'],
    ['a directory', { link: { link: 'real' } }, 'list', '/link', '/link', 'real'],
  ];
  it.each(cases)('are not followed where one is %s', async (_, layout, read, path, at, target) => {
    const entry = await look({ ...inside, ...layout }, 'home', read, path);
    expect(entry).toEqual({ kind: 'blocked', obstacle: { reason: 'symlink', at, target } });
  });
});

describe('symbolic links of the system', () => {
  const inside: Layout = { 'real/file': { file: 'content' }, 'other/deep/x': { file: 'x' } };
  const followed: [string, Layout, string, string][] = [
    ['relative', { link: { link: 'real' } }, '/link/file', 'content'],
    ['absolute, which means from the root', { 'a/link': { link: '/real' } }, '/a/link/file', 'content'],
    ['upwards', { 'a/b/link': { link: '../../real/./file' } }, '/a/b/link', 'content'],
    [
      'far upwards, which ends at the root',
      { link: { link: '../../../../../real/file' } },
      '/link',
      'content',
    ],
    ['through another link', { one: { link: 'two' }, two: { link: 'real' } }, '/one/file', 'content'],
    [
      'upwards from where another link leads',
      { one: { link: 'other/deep' }, two: { link: 'one/../../real' } },
      '/two/file',
      'content',
    ],
    ['at the end of the path', { link: { link: 'real/file' } }, '/link', 'content'],
  ];
  it.each(followed)('are followed: %s', async (_, layout, path, text) => {
    expect(await look({ ...inside, ...layout }, 'system', 'text', path)).toMatchObject({
      kind: 'file',
      text,
    });
  });

  it('are followed to the names of a directory', async () => {
    const entry = await look({ ...inside, link: { link: 'real' } }, 'system', 'list', '/link');
    expect(entry).toMatchObject({ kind: 'directory', names: ['file'] });
  });

  it('are shown as absent where they dangle', async () => {
    expect(await look({ link: { link: '/no/where' } }, 'system', 'text', '/link')).toEqual({
      kind: 'absent',
    });
  });

  it.each([0o777, 0o775, 0o1777])(
    'are not followed in a directory of mode %o, where others can make them',
    async (mode) => {
      const layout: Layout = { ...inside, 'open/link': { link: '/real' }, open: { dir: true, mode } };
      const obstacle = { reason: 'symlink', at: '/open/link', target: '/real' };
      expect(await look(layout, 'system', 'text', '/open/link/file')).toEqual({ kind: 'blocked', obstacle });
    },
  );

  it.each([
    ['to itself', { link: { link: 'link' } }],
    ['to each other', { link: { link: 'back' }, back: { link: 'link/x' } }],
    ['in a chain of more than 40', chain(41)],
  ] as [string, Layout][])('are not followed %s for ever', async (_, layout) => {
    const entry = await look(layout, 'system', 'text', '/link');
    expect(entry).toMatchObject({ kind: 'blocked', obstacle: { reason: 'error', code: 'ELOOP' } });
  });

  it('are followed in a chain of 40', async () => {
    expect(await look(chain(40), 'system', 'text', '/link')).toMatchObject({ text: 'end' });
  });
});

function chain(length: number): Layout {
  const names = Array.from({ length: length + 1 }, (_, i) =>
    i === 0 ? 'link' : i === length ? 'end' : `link${i}`,
  );
  const links = names.slice(0, -1).map((name, i) => [name, { link: names[i + 1] ?? '' }] as const);
  return { end: { file: 'end' }, ...Object.fromEntries(links) };
}

describe('a batch of probes', () => {
  it('reads no more content than fits one answer, and says so of the rest', async () => {
    const root = temporaryDirectory();
    await layOut(root, {
      a: { sparse: 3 * MIB },
      b: { sparse: 3 * MIB },
      c: { sparse: 3 * MIB },
      d: { file: 'd' },
    });
    const tree = new Tree({ fd: openRoot(root), path: '/' }, 'home');
    const probes = ['/a', '/b', '/c', '/d'].map((path) => ({ path, read: 'text' as const }));
    const kinds = observeAll(tree, probes, new Contents()).map(([path, { kind }]) => `${path} ${kind}`);
    expect(kinds).toEqual(['/a file', '/b file', '/c blocked', '/d file']);
  });

  it('sees a file that has changed since an earlier batch, even within the same instant', async () => {
    const root = temporaryDirectory();
    const contents = new Contents();
    const seen = ['one', 'two', 'six'].map((text) => {
      writeFileSync(join(root, 'a'), text);
      const tree = new Tree({ fd: openRoot(root), path: '/' }, 'home');
      const entry = observe(tree, { path: '/a', read: 'text' }, contents);
      return entry.kind === 'file' ? entry.text : entry.kind;
    });
    expect(seen).toEqual(['one', 'two', 'six']);
  });
});

it.each(['a', '/a/', '/a//b', '/a/../b', '/./a', '/a\0b'])(
  'takes the path %j for a fault of the caller',
  async (path) => {
    await expect(look({}, 'system', 'stat', path)).rejects.toThrow(TypeError);
  },
);
