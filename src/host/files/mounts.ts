import { readFileSync } from 'node:fs';

/** The mount that an open file lies on; unlike its device, another one where a part of the same file system is mounted. */
export function mountOf(fd: number): string {
  const id = /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1];
  if (id === undefined)
    throw new Error(`tell mounts apart: no mnt_id in /proc/self/fdinfo, which Linux has since 3.15`);
  return id;
}
