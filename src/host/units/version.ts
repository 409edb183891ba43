/** Which systemd a machine has, as the name of its private library says, so without a process. */

const LIBRARY = /^libsystemd-shared-(\d+)/;

/** Undefined where no such library is found. `namesIn` lists a directory; none where there is no such directory. */
export function systemdVersion(namesIn: (directory: string) => Iterable<string>): number | undefined {
  // Debian keeps libraries of each architecture in a directory of its own.
  const multiarch = [...namesIn('/usr/lib')].filter((name) => name.includes('-linux-'));
  const directories = ['/usr/lib', '/usr/lib64', ...multiarch.map((name) => `/usr/lib/${name}`)];
  const names = directories.flatMap((directory) => [...namesIn(`${directory}/systemd`)]);
  const versions = names.flatMap((name) => LIBRARY.exec(name)?.[1] ?? []);
  return versions.length === 0 ? undefined : Math.max(...versions.map(Number));
}
