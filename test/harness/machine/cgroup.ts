/**
 * Cgroups for a booted machine. Two machines in one cgroup would share the subtree that systemd-nspawn makes there, and
 * each systemd would count the other's processes as its own.
 */
import { mkdir, readdir, readFile, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface Cgroups {
  readonly directories: readonly string[];
  /** Fails while a process is left in one of them. */
  remove(): Promise<void>;
}

/** Makes a child of this process's cgroup in each hierarchy that systemd uses. */
export async function makeCgroups(name: string): Promise<Cgroups> {
  const directories: string[] = [];
  for (const line of (await readFile('/proc/self/cgroup', 'utf8')).trim().split('\n')) {
    const [id, controllers, ...path] = line.split(':');
    const hierarchy =
      id === '0' ? await unifiedHierarchy() : controllers === 'name=systemd' ? 'systemd' : undefined;
    if (hierarchy !== undefined) directories.push(join('/sys/fs/cgroup', hierarchy, path.join(':'), name));
  }
  await Promise.all(directories.map((directory) => mkdir(directory)));
  return { directories, remove: async () => void (await Promise.all(directories.map(removeCgroup))) };
}

/** On a hybrid machine cgroup v2 is mounted beside the older hierarchies. */
async function unifiedHierarchy(): Promise<string> {
  const hybrid = await stat('/sys/fs/cgroup/unified').then(
    () => true,
    () => false,
  );
  return hybrid ? 'unified' : '';
}

/** The files of a cgroup are the kernel's and go with it; only the directories are removed, innermost first. */
async function removeCgroup(directory: string): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true });
  await Promise.all(
    entries.filter((each) => each.isDirectory()).map((each) => removeCgroup(join(directory, each.name))),
  );
  await rmdir(directory);
}
