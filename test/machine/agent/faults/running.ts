/** What a running agent can be made to lack: descriptors and processes. */
import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hierarchies } from '../../../harness/machine/cgroup.ts';
import { FAKE_TIME } from '../../../harness/machine/outer.ts';
import type { Ground } from './ground.ts';

/**
 * What a roster can be read with, and no program started, which takes a pipe for each of its streams. Numbers below the
 * highest that is open may be free.
 */
const FREE = 3;
const LIMIT = `awk -v free=${FREE} '{ open[$1] = 1 } END { n = 0; while (n in open || free-- > 0) n++; print n }'`;

/** Lets the agent open next to nothing more than it has open. Returns what ends that. */
export async function withoutDescriptors(ground: Ground): Promise<() => Promise<unknown>> {
  const pid = await ground.agent.pid();
  const limit = (count: string) => ground.sh(`prlimit --pid ${pid} --nofile=${count}:`);
  const before = await ground.sh(`prlimit --pid ${pid} --nofile --output SOFT --noheadings --raw`);
  await limit((await ground.sh(`ls /proc/${pid}/fd | ${LIMIT}`)).trim());
  return () => limit(before.trim());
}

/** Begins an argv in the machine for whose processes the kernel has so many inotify watches: namespaces(7), user.* of sysctl. */
export function withWatches(count: number): readonly string[] {
  // Whoever has no number in a namespace yet loses every capability with exec(2), and gets them once there is one.
  const script = `
    unshare --user sh -c 'until grep -q . /proc/self/gid_map; do :; done; exec "$@"' sh \\
      sh -c 'echo ${count} >/proc/sys/user/max_inotify_watches; exec "$@"' sh "$@" &
    for map in uid_map gid_map; do
      until echo '0 0 4294967295' 2>/dev/null >/proc/$!/$map; do :; done
    done
    wait $!`;
  return ['sh', '-c', script, 'sh'];
}

const CLOCK = '/srv/clock';

/** Begins an argv in the machine whose clock is not the kernel's: see `jump`. */
export const FAKE_CLOCK: readonly string[] = [
  'env',
  `LD_PRELOAD=/usr/$LIB/${FAKE_TIME}`,
  `FAKETIME_TIMESTAMP_FILE=${CLOCK}`,
  'FAKETIME_NO_CACHE=1',
  'FAKETIME_DONT_FAKE_MONOTONIC=1',
];

/** Sets that clock to so many hours after the true one. */
export async function jump({ machine }: Ground, hours: number): Promise<void> {
  await machine.write(CLOCK, `${hours < 0 ? '' : '+'}${hours}h`);
}

/** A cgroup whose processes can be kept from starting others. */
export interface ProcessCgroup {
  /** Begins an argv that is to run in it. */
  readonly enter: readonly string[];
  /** At most so many; any number without. */
  limit(count?: number): Promise<void>;
  /** Fails while a process is left in it. */
  remove(): Promise<void>;
}

export async function makeProcessCgroup(name: string): Promise<ProcessCgroup> {
  const all = await hierarchies();
  const own = all.find((each) => each.name === 'pids') ?? all.find((each) => each.options === undefined);
  if (own === undefined) throw new Error('make a cgroup for processes: found no hierarchy that counts them');
  // Below cgroup v2 only a cgroup without processes of its own hands controllers on, as the topmost one does.
  const parent = own.options === undefined ? '' : own.own;
  const directory = join('/sys/fs/cgroup', own.name, parent, name);
  await mkdir(directory);
  return {
    enter: ['sh', '-c', `echo $$ >${directory}/cgroup.procs && exec "$@"`, 'sh'],
    limit: (count) => writeFile(join(directory, 'pids.max'), count === undefined ? 'max' : `${count}`),
    remove: () => rmdir(directory),
  };
}
