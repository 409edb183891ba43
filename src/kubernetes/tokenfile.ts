/** A token in a file that only its owner reads. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import type { TokenFile } from './renewal.ts';

export function tokenFileAt(path: string): TokenFile {
  return {
    read: () => readFileSync(path, 'utf8'),
    write: (token) => replaceSecret(path, `${token}\n`),
  };
}

/** Whole or not at all, also after a power cut; mode 0600 from its first byte. */
export function replaceSecret(path: string, text: string): void {
  const temporary = `${path}.new`;
  rmSync(temporary, { force: true });
  const file = openSync(temporary, 'wx', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}
