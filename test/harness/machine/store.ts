/**
 * Where the layers of all machines of this test process live: a tmpfs in a mount namespace of its own.
 *
 * - Nothing of it is seen from outside but one empty directory.
 * - The holder of the namespace ends when this process ends, even by SIGKILL, and takes everything with it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Store {
  /** Prefix of an argv that is to run in the store's namespace. */
  readonly enter: readonly string[];
  /** A name for one more machine, unique on the outer machine. */
  name(): string;
  /** A directory as it is called inside the namespace. */
  inside(name: string): string;
  /** The same directory, reachable from this process. */
  outside(name: string): string;
  remove(name: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * `cat` ends when the other end of its input is closed: by us, or by the kernel when we die. Then nobody
 * had time to remove the control groups of booted machines: they go when their last process has gone, for which three
 * seconds are given.
 */
const HOLD = `
  mount -t tmpfs -o mode=755 layers "$1"
  echo ready
  cat
  umount --lazy "$1"
  rmdir "$1"
  prefix=$2
  leftovers() { find /sys/fs/cgroup -depth -type d -path "*/$prefix*" "$@" 2>/dev/null || :; }
  for attempt in 1 2 3 4 5 6; do
    [ -n "$(leftovers)" ] || break
    leftovers -exec rmdir {} +
    sleep 0.5
  done
`;

export async function openStore(): Promise<Store> {
  const prefix = `ws-${process.pid}-${Date.now().toString(36)}-`;
  const directory = await mkdtemp(join(tmpdir(), `workstation-test-${process.pid}-`));
  const holder = spawn('unshare', ['--mount', 'sh', '-ec', HOLD, 'sh', directory, prefix], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(holder, 'exit');
  await Promise.race([
    once(holder.stdout, 'data'),
    ended.then(() => Promise.reject(new Error(NO_NAMESPACE))),
  ]);
  holder.unref();
  for (const pipe of [holder.stdin, holder.stdout]) (pipe as Socket).unref();

  const outside = (name: string) => join(`/proc/${holder.pid}/root`, directory, name);
  let count = 0;
  return {
    name: () => `${prefix}${++count}`,
    enter: ['nsenter', '--target', `${holder.pid}`, '--mount', '--'],
    inside: (name) => join(directory, name),
    outside,
    remove: (name) => rm(outside(name), { recursive: true, force: true }),
    close: async () => {
      holder.ref();
      holder.stdin.end();
      await ended;
    },
  };
}

const NO_NAMESPACE =
  'making a mount namespace for test machines: it could not be made, run as root with CAP_SYS_ADMIN';
