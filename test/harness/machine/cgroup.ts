/**
 * Cgroups for a booted machine. Two machines in one cgroup would share the subtree that systemd-nspawn makes there, and
 * each systemd would count the other's processes as its own.
 */
import { mkdir, readdir, readFile, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Cgroups {
  readonly directories: readonly string[];
  /** Removes the cgroups below them. Fails while a process is left in one of those. */
  empty(): Promise<void>;
  /** Fails while a process is left in one of them. */
  remove(): Promise<void>;
}

/** One of the kernel's trees of cgroups. */
export interface Hierarchy {
  /** Name of its directory below /sys/fs/cgroup; empty on a machine that has cgroup v2 only. */
  readonly name: string;
  /** As mount(8) takes them for cgroup v1, for instance `cpu,cpuacct`; undefined for cgroup v2. */
  readonly options: string | undefined;
  /** The cgroup of this process there. */
  readonly own: string;
}

/** Makes a child of this process's cgroup in each hierarchy that systemd uses, or in every one. */
export async function makeCgroups(name: string, which: 'systemd' | 'all' = 'systemd'): Promise<Cgroups> {
  const all = await hierarchies();
  const wanted = all.filter((each) => which === 'all' || !isController(each));
  const directories = wanted.map((each) => join('/sys/fs/cgroup', each.name, each.own, name));
  await Promise.all(directories.map((directory) => mkdir(directory)));
  await Promise.all(directories.map(inheritCpus));
  return {
    directories,
    empty: async () => void (await Promise.all(directories.map(removeChildren))),
    remove: async () => void (await Promise.all(directories.map(removeCgroup))),
  };
}

export async function hierarchies(): Promise<Hierarchy[]> {
  const lines = (await readFile('/proc/self/cgroup', 'utf8')).trim().split('\n');
  const unified = await unifiedHierarchy();
  return lines.map((line) => {
    const [id, controllers = '', ...path] = line.split(':');
    const own = path.join(':');
    if (id === '0') return { name: unified, options: undefined, own };
    const isNamed = controllers.startsWith('name=');
    return {
      name: controllers.replace('name=', ''),
      options: isNamed ? `none,${controllers}` : controllers,
      own,
    };
  });
}

function isController({ options }: Hierarchy): boolean {
  return options !== undefined && options !== 'none,name=systemd';
}

/** On a hybrid machine cgroup v2 is mounted beside the older hierarchies. */
async function unifiedHierarchy(): Promise<string> {
  const hybrid = await stat('/sys/fs/cgroup/unified').then(
    () => true,
    () => false,
  );
  return hybrid ? 'unified' : '';
}

/** No process may join a cgroup of the cpuset hierarchy that names no processors. */
async function inheritCpus(directory: string): Promise<void> {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    const parents = await readFile(join(directory, '..', file), 'utf8').catch(() => undefined);
    if (parents !== undefined && parents.trim() !== '') await writeFile(join(directory, file), parents);
  }
}

/** The files of a cgroup are the kernel's and go with it; only the directories are removed, innermost first. */
async function removeCgroup(directory: string): Promise<void> {
  await removeChildren(directory);
  await rmdir(directory);
}

async function removeChildren(directory: string): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true });
  await Promise.all(
    entries.filter((each) => each.isDirectory()).map((each) => removeCgroup(join(directory, each.name))),
  );
}
