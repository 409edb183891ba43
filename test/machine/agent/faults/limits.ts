/** Directories on file systems of their own, whose space can be taken away and given back while the agent runs. */
import type { Ground } from './ground.ts';

/** Gives a directory a file system of its own, with what is in it. */
export async function onItsOwn(ground: Ground, directory: string): Promise<void> {
  await ground.sh(`mkdir -p ${directory} /tmp/copy; cp -a ${directory}/. /tmp/copy
    mount -t tmpfs -o "size=64m,nr_inodes=20000,mode=$(stat -c %a ${directory})" tmpfs ${directory}
    cp -a /tmp/copy/. ${directory}; rm -rf /tmp/copy`);
}

/** What a file system can be without: the option that leaves nothing free of it, and the one that gives it back. */
const OPTIONS = {
  space: [
    `size=$(stat -f -c '%b %f %S' . | { read -r all free size; echo $(((all - free) * size)); })`,
    'size=64m',
  ],
  inodes: [
    `nr_inodes=$(stat -f -c '%c %d' . | { read -r all free; echo $((all - free)); })`,
    'nr_inodes=20000',
  ],
  'rights to write': ['ro', 'rw'],
} as const;

export type Scarce = keyof typeof OPTIONS;

/** Returns what gives it back. */
export async function without(
  ground: Ground,
  scarce: Scarce,
  directory: string,
): Promise<() => Promise<unknown>> {
  const [less, more] = OPTIONS[scarce];
  await ground.sh(`cd ${directory}; mount -o "remount,${less}" ${directory}`);
  return () => ground.sh(`mount -o remount,${more} ${directory}`);
}
