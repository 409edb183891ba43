import { readdirSync } from 'node:fs';
import { openRoot } from '../../../../src/host/files/calls.ts';
import { operate } from '../../../../src/host/files/operation.ts';
import type { Operation } from '../../../../src/host/files/operation.ts';
import type { Refusal } from '../../../../src/host/files/refusal.ts';
import { Tree } from '../../../../src/host/files/tree.ts';
import { digest } from '../../../../src/host/files/write.ts';
import { layOut, removeTemporaryDirectories, temporaryDirectory } from './layout.ts';
import type { Layout } from './layout.ts';
import { at, rename, run, write } from './run.ts';

afterEach(removeTemporaryDirectories);

type Refused = [sentence: string, layout: Layout, operation: Operation, refusal: Refusal];

const ENOENT = { reason: 'error', code: 'ENOENT' } as const;

describe('is refused, and leaves everything as it was', () => {
  const link = (name: string, target: string): Refusal => ({ reason: 'symlink', at: at(name), target });
  const file = (name: string): Refusal => ({ reason: 'wrong-type', at: at(name), wanted: 'file' });
  const changed: Refusal = { reason: 'changed', at: at('f') };
  const operations: [string, (path: string) => Operation][] = [
    ['write', (path) => ({ op: 'write-file', path, content: 'new', mode: 0o600 })],
    ['make a directory', (path) => ({ op: 'make-directory', path, mode: 0o700 })],
    ['set a mode', (path) => ({ op: 'set-mode', path, mode: 0o700 })],
    ['rename from', (path) => ({ op: 'rename', from: path, to: at('new') })],
  ];
  const real: Layout = { 'real/f': { file: 'x' }, link: { link: 'real' } };
  const links: Refused[] = operations.flatMap(([name, operation]): Refused[] => [
    [`${name}: below a link`, real, operation(at('link/f')), link('link', 'real')],
    [`${name}: at a link`, real, operation(at('link')), link('link', 'real')],
    [
      `${name}: at a dangling link`,
      { link: { link: '/no/where' } },
      operation(at('link')),
      link('link', '/no/where'),
    ],
    [
      `${name}: below a file`,
      { f: { file: 'x' } },
      operation(at('f/g')),
      { reason: 'not-a-directory', at: at('f') },
    ],
  ]);
  const cases: Refused[] = [
    ...links,
    ['write: over a directory', { f: { dir: true } }, write('f'), file('f')],
    ['write: over a FIFO', { f: { special: 'fifo' } }, write('f'), file('f')],
    ['write: over a socket', { f: { special: 'socket' } }, write('f'), file('f')],
    [
      'write: over one of two hard links',
      { f: { file: 'old' }, g: { hardLink: 'f' } },
      write('f'),
      { reason: 'hard-linked', at: at('f'), links: 2 },
    ],
    ['write: over what came meanwhile', { f: { file: 'theirs' } }, write('f', { expect: 'absent' }), changed],
    [
      'write: over what has changed',
      { f: { file: 'theirs' } },
      write('f', { expect: digest('old') }),
      changed,
    ],
    ['write: over what has gone', {}, write('f', { expect: digest('old') }), changed],
    [
      'write: over what has gone with its parent',
      {},
      write('d/f', { expect: digest('old') }),
      { ...changed, at: at('d/f') },
    ],
    [
      'write: over what is now too large',
      { f: { sparse: 2 ** 40 } },
      write('f', { expect: digest('old') }),
      changed,
    ],
    [
      'write: what could not be read again',
      {},
      write('f', { content: 'x'.repeat(4 * 2 ** 20 + 1) }),
      { reason: 'too-large', at: at('f'), size: 4 * 2 ** 20 + 1, limit: 4 * 2 ** 20 },
    ],
    [
      'make a directory: over a file',
      { f: { file: 'x' } },
      { op: 'make-directory', path: at('f'), mode: 0o700 },
      { reason: 'not-a-directory', at: at('f') },
    ],
    [
      'set a mode: of one of two hard links',
      { f: { file: 'x' }, g: { hardLink: 'f' } },
      { op: 'set-mode', path: at('f'), mode: 0o600 },
      { reason: 'hard-linked', at: at('f'), links: 2 },
    ],
    [
      'set a mode: of a FIFO',
      { f: { special: 'fifo' } },
      { op: 'set-mode', path: at('f'), mode: 0o600 },
      { reason: 'wrong-type', at: at('f'), wanted: 'file or directory' },
    ],
    [
      'set a mode: of nothing',
      {},
      { op: 'set-mode', path: at('f'), mode: 0o600 },
      { ...ENOENT, at: at('f') },
    ],
    ['rename: nothing', {}, rename('f', 'd/g'), { ...ENOENT, at: at('f') }],
    [
      'rename: a file over a file',
      { f: { file: 'x' }, g: { file: 'y' } },
      rename('f', 'g'),
      { reason: 'exists', at: at('g') },
    ],
    [
      'rename: a file over a link',
      { f: { file: 'x' }, g: { link: 'f' } },
      rename('f', 'g'),
      { reason: 'exists', at: at('g') },
    ],
    [
      'rename: a directory over an empty one',
      { d: { dir: true }, e: { dir: true, mode: 0o700 } },
      rename('d', 'e'),
      { reason: 'exists', at: at('e') },
    ],
    [
      'rename: a FIFO',
      { f: { special: 'fifo' } },
      rename('f', 'g'),
      { reason: 'wrong-type', at: at('f'), wanted: 'file or directory' },
    ],
    [
      'rename: a directory into itself',
      { d: { dir: true } },
      rename('d', 'd/e'),
      { reason: 'error', at: at('d'), code: 'EINVAL' },
    ],
    ['remove: below a link', real, { op: 'remove-tree', path: at('link/f') }, link('link', 'real')],
  ];
  it.each(cases)('%s', async (_, layout, operation, refusal) => {
    const { after: before } = await run(layout, { op: 'remove-tree', path: at('none') });
    expect(await run(layout, operation)).toEqual({ refusal, after: before });
  });
});

it('leaves no file open, whether done or refused', async () => {
  const layout: Layout = { 'a/f': { file: 'x' }, link: { link: 'a' }, 'd/e/f': { file: 'x' } };
  const count = (): number => readdirSync('/proc/self/fd').length;
  // One for the root, which each run opens and leaves to the end of the test.
  const before = count();
  await run(layout, write('a/b/c', { expect: 'absent' }));
  await run(layout, write('a/f', { expect: 'absent' }));
  await run(layout, write('link/f'));
  await run(layout, { op: 'remove-tree', path: at('d') });
  await run(layout, { op: 'set-mode', path: at('a/f'), mode: 0o600 });
  expect(count()).toBe(before + 5);
});

it('says what was attempted, what was found and what to do, with no control characters of the user', async () => {
  const root = temporaryDirectory();
  await layOut(root, { link: { link: '\u001B[2Jx\n' } });
  const tree = new Tree({ fd: openRoot(root), path: '/home/ada' }, 'home');
  expect(() => operate(tree, write('link/f'))).toThrow(
    'write /home/ada/link/f: /home/ada/link is a symbolic link to \uFFFD[2Jx\uFFFD, which is not followed: remove it',
  );
});

it.each(['/home/ada', '/home/adam/f', '/home/ada/../eve/f', '/etc/passwd'])(
  'takes %s for no place in a home',
  (path) => {
    const tree = new Tree({ fd: openRoot(temporaryDirectory()), path: '/home/ada' }, 'home');
    expect(() => operate(tree, { op: 'remove-tree', path })).toThrow(TypeError);
  },
);
