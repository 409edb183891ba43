/**
 * The system calls that Node does not offer: openat(2) and its kin, by way of /proc/self/fd/N/NAME. The magic link leads
 * to the very directory that is open as N, wherever it has been moved since; only NAME is looked up, and every function
 * here leaves it unfollowed when it is a symbolic link.
 */
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  unlinkSync,
} from 'node:fs';
import type { BigIntStats, Stats } from 'node:fs';

/** From asm-generic/fcntl.h; Node does not export it. Opens no device, wakes no FIFO, needs no right to read. */
const O_PATH = 0o10000000;

/** An open directory, and what the machine calls it. */
export interface Directory {
  readonly fd: number;
  readonly path: string;
}

/** A file name. Linux lets it be any bytes but `/` and NUL: only a buffer holds each of them. */
export type Name = string | Buffer;

export function at({ fd }: Directory, name: Name): Name {
  return typeof name === 'string'
    ? `${again(fd)}/${name}`
    : Buffer.concat([Buffer.from(`${again(fd)}/`), name]);
}

/** A path to what is open as `fd`: the same inode, whatever its name leads to by now. */
export function again(fd: number): string {
  return `${descriptors}${fd}`;
}

let descriptors = '/proc/self/fd/';

/**
 * Makes all of this a fifth faster, for a process that has no other use for a working directory: the way to its own
 * descriptors is then walked once.
 */
export function standAmongDescriptors(): void {
  process.chdir(descriptors);
  descriptors = '';
}

export function pathOf({ path }: Directory, name: Name): string {
  return path === '/' ? `/${name.toString()}` : `${path}/${name.toString()}`;
}

export function look(directory: Directory, name: string): Stats | undefined {
  return lstatSync(at(directory, name), { throwIfNoEntry: false });
}

export function lookExactly(directory: Directory, name: string): BigIntStats | undefined {
  return lstatSync(at(directory, name), { throwIfNoEntry: false, bigint: true });
}

/** @throws ENOTDIR for anything but a directory. */
export function openDirectory(directory: Directory, name: Name): number {
  return openSync(at(directory, name), O_PATH | constants.O_NOFOLLOW | constants.O_DIRECTORY);
}

/** A root to walk from: the only path of all that is followed, since it comes from the administrator. */
export function openRoot(path: string): number {
  return openSync(path, O_PATH | constants.O_DIRECTORY);
}

/** Runs `work` on whatever has this name, opened only to be looked at. */
export function withHandle<T>(directory: Directory, name: string, work: (fd: number) => T): T {
  return closing(openSync(at(directory, name), O_PATH | constants.O_NOFOLLOW), work);
}

/** Opens what is open as `fd` a second time; it has been seen to be a file or a directory. */
export function reopened<T>(fd: number, work: (fd: number) => T): T {
  return closing(openSync(again(fd), constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY), work);
}

export function closing<T>(fd: number, work: (fd: number) => T): T {
  try {
    return work(fd);
  } finally {
    closeSync(fd);
  }
}

/** Gives what is open as `fd` the process's own group and this mode, whatever umask and set-gid directory made of it. */
export function settle(fd: number, mode: number): void {
  const { uid, gid } = fstatSync(fd);
  const ownGroup = process.getegid?.() ?? gid;
  if (gid !== ownGroup) chownSync(again(fd), uid, ownGroup);
  chmodSync(again(fd), mode);
}

/** Removes a name that is no directory's; one that is gone already is as good. */
export function remove(directory: Directory, name: Name): void {
  try {
    unlinkSync(at(directory, name));
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

/** The name of the error that a system call failed with, e.g. ENOENT; undefined for any other error. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('syscall' in error) || !('code' in error))
    return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
