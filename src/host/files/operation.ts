/** The operations on files as plain data, which can be sent to where the rights for them are. */
import { makeDirectory, setMode } from './directories.ts';
import type { DirectoryToMake } from './directories.ts';
import { FileRefused } from './refusal.ts';
import { removeLeftovers, removeTree } from './remove.ts';
import { rename } from './rename.ts';
import type { Rename } from './rename.ts';
import type { Tree } from './tree.ts';
import { writeFile } from './write.ts';
import type { FileToWrite } from './write.ts';

export type Operation =
  | (FileToWrite & { readonly op: 'write-file' })
  | (DirectoryToMake & { readonly op: 'make-directory' })
  | { readonly op: 'set-mode'; readonly path: string; readonly mode: number }
  | (Rename & { readonly op: 'rename' })
  | { readonly op: 'remove-tree' | 'remove-leftovers'; readonly path: string };

/**
 * Does one operation; safe to repeat.
 * @returns whether it is finished; removing much takes several turns
 * @throws FileRefused, whose message says what was attempted
 */
export function operate(tree: Tree, operation: Operation): boolean {
  try {
    return dispatch(tree, operation);
  } catch (error) {
    throw error instanceof FileRefused ? new FileRefused(error.refusal, attemptOf(operation)) : error;
  }
}

/** What an operation attempts, as error messages begin. */
export function attemptOf(operation: Operation): string {
  switch (operation.op) {
    case 'write-file':
      return `write ${operation.path}`;
    case 'make-directory':
      return `make the directory ${operation.path}`;
    case 'set-mode':
      return `change the mode of ${operation.path}`;
    case 'rename':
      return `move ${operation.from} to ${operation.to}`;
    case 'remove-tree':
      return `remove ${operation.path}`;
    case 'remove-leftovers':
      return `remove what a crash left in ${operation.path}`;
  }
}

function dispatch(tree: Tree, operation: Operation): boolean {
  switch (operation.op) {
    case 'write-file':
      writeFile(tree, operation);
      return true;
    case 'make-directory':
      makeDirectory(tree, operation);
      return true;
    case 'set-mode':
      setMode(tree, operation.path, operation.mode);
      return true;
    case 'rename':
      rename(tree, operation);
      return true;
    case 'remove-tree':
      return removeTree(tree, operation.path);
    case 'remove-leftovers':
      return removeLeftovers(tree, operation.path);
  }
}
