import type { Operation } from '../../../../src/host/files/operation.ts';
import { digest } from '../../../../src/host/files/write.ts';
import { removeTemporaryDirectories } from './layout.ts';
import type { Layout } from './layout.ts';
import { at, rename, run, write } from './run.ts';

afterEach(removeTemporaryDirectories);

type Done = [sentence: string, layout: Layout, operation: Operation, after: Record<string, string>];

const leftover = (digit: string): string => `.workstation-${digit.repeat(32)}`;

describe('is done', () => {
  const cases: Done[] = [
    ['write: a new file', {}, write('f'), { f: 'file 640 new' }],
    [
      'write: a file with its parents',
      {},
      write('a/b/f'),
      { a: 'dir 755', 'a/b': 'dir 755', 'a/b/f': 'file 640 new' },
    ],
    [
      'write: parents with the mode asked for, and those that exist as they are',
      { a: { dir: true, mode: 0o711 } },
      write('a/b/f', { parentsMode: 0o700 }),
      { a: 'dir 711', 'a/b': 'dir 700', 'a/b/f': 'file 640 new' },
    ],
    [
      'write: over an old file, its mode too',
      { f: { file: 'old', mode: 0o4755 } },
      write('f'),
      { f: 'file 640 new' },
    ],
    [
      'write: over what was expected',
      { f: { file: 'old' } },
      write('f', { expect: digest('old') }),
      { f: 'file 640 new' },
    ],
    ['write: where nothing was expected', {}, write('f', { expect: 'absent' }), { f: 'file 640 new' }],
    ['write: an empty file', {}, write('f', { content: '' }), { f: 'file 640 ' }],
    [
      'write: in a directory that gives its group away',
      { d: { dir: true, mode: 0o2755 } },
      write('d/e/f'),
      { d: 'dir 2755', 'd/e': 'dir 755', 'd/e/f': 'file 640 new' },
    ],
    [
      'write: over a file that a crash left linked to its temporary name',
      { f: { file: 'old' }, [leftover('a')]: { hardLink: 'f' } },
      write('f'),
      { f: 'file 640 new' },
    ],
    [
      'write: and what a crash left beside it goes, but nothing that only looks like it',
      { [leftover('0')]: { file: 'half' }, '.workstation-mine': { file: '' }, [leftover('g')]: { file: '' } },
      write('f'),
      { f: 'file 640 new', '.workstation-mine': 'file 644 ', [leftover('g')]: 'file 644 ' },
    ],
    [
      'make a directory: with its parents',
      {},
      { op: 'make-directory', path: at('a/b'), mode: 0o2770, parentsMode: 0o700 },
      { a: 'dir 700', 'a/b': 'dir 2770' },
    ],
    [
      'make a directory: one that exists stays as it is',
      { 'a/f': { file: 'x' }, a: { dir: true, mode: 0o711 } },
      { op: 'make-directory', path: at('a'), mode: 0o755 },
      { a: 'dir 711', 'a/f': 'file 644 x' },
    ],
    [
      'set a mode: of a file',
      { f: { file: 'x' } },
      { op: 'set-mode', path: at('f'), mode: 0o600 },
      { f: 'file 600 x' },
    ],
    [
      'set a mode: of a directory one cannot enter',
      { d: { dir: true, mode: 0 } },
      { op: 'set-mode', path: at('d'), mode: 0o700 },
      { d: 'dir 700' },
    ],
    ['rename: a file', { f: { file: 'x' } }, rename('f', 'd/g'), { d: 'dir 755', 'd/g': 'file 644 x' }],
    [
      'rename: a directory',
      { 'd/f': { file: 'x' } },
      rename('d', 'e'),
      { e: 'dir 755', 'e/f': 'file 644 x' },
    ],
    [
      'rename: what a crash left at both names',
      { f: { file: 'x' }, g: { hardLink: 'f' } },
      rename('f', 'g'),
      { g: 'file 644 x' },
    ],
    [
      'remove: a file',
      { f: { file: 'x' }, g: { file: 'y' } },
      { op: 'remove-tree', path: at('f') },
      { g: 'file 644 y' },
    ],
    [
      'remove: a link, and not what it leads to',
      { f: { link: 'g' }, g: { file: 'y' } },
      { op: 'remove-tree', path: at('f') },
      { g: 'file 644 y' },
    ],
    ['remove: nothing', {}, { op: 'remove-tree', path: at('d/f') }, {}],
    ['remove a tree: none', {}, { op: 'remove-tree', path: at('d/e') }, {}],
    [
      'remove a tree: with links, special files and directories that are closed, and nothing that links lead to',
      {
        'kept/f': { file: 'x' },
        'd/link': { link: '../kept' },
        'd/e/file-link': { link: '../../kept/f' },
        'd/fifo': { special: 'fifo' },
        'd/socket': { special: 'socket' },
        'd/hard': { hardLink: 'kept/f' },
        'd/closed/deep/f': { file: 'y' },
        'd/closed/deep': { dir: true, mode: 0o000 },
        'd/closed': { dir: true, mode: 0o500 },
      },
      { op: 'remove-tree', path: at('d') },
      { kept: 'dir 755', 'kept/f': 'file 644 x' },
    ],
    ['remove a tree: in several turns', many('d', 5000), { op: 'remove-tree', path: at('d') }, {}],
    [
      'remove a tree: deeper than directories are held open',
      { [`d${'/x'.repeat(350)}/f`]: { file: 'x' } },
      { op: 'remove-tree', path: at('d') },
      {},
    ],
    [
      'remove leftovers: files and directories',
      {
        [`d/${leftover('1')}`]: { file: 'x' },
        [`d/${leftover('2')}/f`]: { file: 'x' },
        'd/f': { file: 'x' },
      },
      { op: 'remove-leftovers', path: at('d') },
      { d: 'dir 755', 'd/f': 'file 644 x' },
    ],
    [
      'remove leftovers: not what a link of such a name leads to',
      { 'kept/f': { file: 'x' }, [leftover('3')]: { link: 'kept' } },
      { op: 'remove-leftovers', path: '/home/ada' },
      { kept: 'dir 755', 'kept/f': 'file 644 x' },
    ],
    ['remove leftovers: where there is no directory', {}, { op: 'remove-leftovers', path: at('d') }, {}],
  ];
  it.each(cases)('%s', async (_, layout, operation, after) => {
    expect(await run(layout, operation)).toEqual({ refusal: undefined, after });
  });
});

function many(directory: string, count: number): Layout {
  const names = Array.from({ length: count }, (_, i) => `${directory}/${i % 10}/${i}`);
  return Object.fromEntries(names.map((name) => [name, { file: '' }]));
}
