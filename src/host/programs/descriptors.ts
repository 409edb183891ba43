/**
 * Files this process was started with. Node marks what it opens itself as close-on-exec, but not what it inherited
 * above descriptor 15, and a person's program must not get that.
 */
import { closeSync, openSync, readFileSync, readdirSync } from 'node:fs';

const CLOSE_ON_EXEC = 0o2000000;

let found: readonly number[] | undefined;

/** Descriptors above 2 that a child would inherit. They are looked for once: later ones are all close-on-exec. */
export function inheritedDescriptors(): readonly number[] {
  found ??= readdirSync('/proc/self/fd')
    .map(Number)
    .filter((fd) => fd > 2 && isInherited(fd));
  return found;
}

function isInherited(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
  } catch {
    // It was the descriptor of the listing itself.
    return false;
  }
}

/**
 * What `spawn` is to set up above descriptor 2 so that the child gets /dev/null in place of each of them. Calls `use`
 * with it, and closes its own /dev/null afterwards.
 */
export function withInheritedHidden<T>(use: (stdio: ('ignore' | number)[]) => T): T {
  const inherited = inheritedDescriptors();
  if (inherited.length === 0) return use([]);
  const nothing = openSync('/dev/null', 'r');
  try {
    return use(
      Array.from({ length: Math.max(...inherited) - 2 }, (_, i) =>
        inherited.includes(i + 3) ? nothing : 'ignore',
      ),
    );
  } finally {
    closeSync(nothing);
  }
}
