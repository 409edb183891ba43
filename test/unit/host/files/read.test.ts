import { chmodSync, fstatSync, writeFileSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { join } from 'node:path';
import { openRoot, withHandle } from '../../../../src/host/files/calls.ts';
import { Contents } from '../../../../src/host/files/read.ts';
import { layOut, removeTemporaryDirectories, temporaryDirectory } from './layout.ts';

afterEach(removeTemporaryDirectories);

const LATER = 5000;
const LIMIT = 2 ** 20;

/** Reads a file into `contents`, and gives what identifies it. */
function read(contents: Contents, root: string, name: string): BigIntStats {
  return withHandle({ fd: openRoot(root), path: '/' }, name, (fd) => {
    const stats = fstatSync(fd, { bigint: true });
    contents.read(fd, stats, LIMIT);
    return stats;
  });
}

it('remembers content for as long as nothing about the file changes', async () => {
  const root = temporaryDirectory();
  await layOut(root, { a: { file: 'old' }, b: { file: Buffer.of(0xff) } });
  const contents = new Contents(() => Date.now() + LATER);
  const stats = read(contents, root, 'a');
  expect(contents.recall(stats)).toEqual({ text: 'old' });
  expect(contents.recall(read(contents, root, 'b'))).toEqual({});

  writeFileSync(join(root, 'a'), 'new');
  expect(contents.recall(read(new Contents(), root, 'a'))).toBeUndefined();
});

it('does not remember what has changed so lately that another change could show the same time', async () => {
  const root = temporaryDirectory();
  await layOut(root, { a: { file: 'old' } });
  const contents = new Contents();
  expect(contents.recall(read(contents, root, 'a'))).toBeUndefined();
});

it('remembers the names in a directory for as long as nothing about it changes', async () => {
  const root = temporaryDirectory();
  await layOut(root, { 'd/b': { file: '' }, 'd/a': { file: '' } });
  const contents = new Contents(() => Date.now() + LATER);
  const list = (known = contents) => {
    const directory = { fd: openRoot(join(root, 'd')), path: '/d' };
    return known.list(directory, fstatSync(directory.fd, { bigint: true }));
  };
  const names = list();
  expect(names).toEqual(['a', 'b']);
  expect(list()).toBe(names);
  const unsure = new Contents();
  expect(list(unsure)).not.toBe(list(unsure));

  chmodSync(join(root, 'd'), 0o711);
  expect(list()).not.toBe(names);
  writeFileSync(join(root, 'd', 'c'), '');
  expect(list()).toEqual(['a', 'b', 'c']);
});

it('forgets what it has read first when it holds too much', async () => {
  const root = temporaryDirectory();
  const names = Array.from({ length: 34 }, (_, i) => `file${i}`);
  await layOut(root, Object.fromEntries(names.map((name) => [name, { sparse: LIMIT }])));
  const contents = new Contents(() => Date.now() + LATER);
  const stats = names.map((name) => read(contents, root, name));
  const forgotten = stats
    .map((each, i) => [i, contents.recall(each)] as const)
    .filter(([, text]) => text === undefined);
  expect(forgotten.map(([i]) => i)).toEqual([0, 1]);
});

it('does not read beyond the limit, whatever size the file has shown', async () => {
  const root = temporaryDirectory();
  await layOut(root, { a: { sparse: LIMIT + 1 } });
  const content = withHandle({ fd: openRoot(root), path: '/' }, 'a', (fd) =>
    new Contents().read(fd, fstatSync(fd, { bigint: true }), LIMIT),
  );
  expect(content).toBeUndefined();
});
