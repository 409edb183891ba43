/**
 * The directory of the sockets, /run/workstation: root's, and open to all for looking. A socket is made in a directory
 * that only root can enter, gets its owner and mode there, and is moved to its place when it is complete.
 */
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import type { Server } from 'node:net';
import { join } from 'node:path';

export class RuntimeDirectory {
  readonly root: string;
  readonly people: string;
  readonly #making: string;
  #count = 0;

  /** @throws Error when one of its directories is something else, or may be changed by others */
  constructor(root: string) {
    this.root = root;
    this.people = join(root, 'people');
    this.#making = join(root, '.making');
    makeDirectory(this.root, 0o755);
    makeDirectory(this.people, 0o755);
    makeDirectory(this.#making, 0o700);
    for (const left of readdirSync(this.#making)) rmSync(join(this.#making, left), { recursive: true });
  }

  /** Lets `server` listen at `path`, in place of whatever is there, for `uid` alone. */
  async listen(server: Server, path: string, uid: number): Promise<void> {
    const made = join(this.#making, String(this.#count++));
    await listening(server, made);
    try {
      chmodSync(made, 0o600);
      if (uid !== process.getuid?.()) chownSync(made, uid, 0);
      renameSync(made, path);
    } catch (error) {
      server.close();
      throw error;
    }
  }

  remove(path: string): void {
    rmSync(path, { force: true });
  }
}

function makeDirectory(path: string, mode: number): void {
  mkdirSync(path, { recursive: true, mode });
  const found = lstatSync(path);
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o022) !== 0) {
    throw new Error(`make sockets in ${path}: others may change it, or it is no directory: remove it`);
  }
  // The mode that was asked for passes through the umask, and may be an older one.
  chmodSync(path, mode);
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
