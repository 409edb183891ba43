import { openRoot } from '../../../../src/host/files/calls.ts';
import { operate } from '../../../../src/host/files/operation.ts';
import type { Operation } from '../../../../src/host/files/operation.ts';
import { FileRefused } from '../../../../src/host/files/refusal.ts';
import type { Refusal } from '../../../../src/host/files/refusal.ts';
import { Tree } from '../../../../src/host/files/tree.ts';
import { layOut, snapshot, temporaryDirectory } from './layout.ts';
import type { Layout } from './layout.ts';

/** Operates in a home where the layout has been made: the refusal, if any, and what is there afterwards. */
export async function run(
  layout: Layout,
  operation: Operation,
): Promise<{ refusal: Refusal | undefined; after: object }> {
  const root = temporaryDirectory();
  await layOut(root, layout);
  const home = { fd: openRoot(root), path: '/home/ada' };
  try {
    for (let isFinished = false; !isFinished;) {
      const tree = new Tree(home, 'home');
      try {
        isFinished = operate(tree, operation);
      } finally {
        tree.close();
      }
    }
    return { refusal: undefined, after: snapshot(root) };
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    return { refusal: error.refusal, after: snapshot(root) };
  }
}

export const at = (name: string): string => `/home/ada/${name}`;
export const write = (name: string, more: object = {}): Operation => ({
  op: 'write-file',
  path: at(name),
  content: 'new',
  mode: 0o640,
  ...more,
});
export const rename = (from: string, to: string): Operation => ({ op: 'rename', from: at(from), to: at(to) });
