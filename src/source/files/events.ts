/** Tells that something may have changed at some paths, as fast as the kernel does; what it was, whoever hears it looks. */
import { realpathSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { watch } from 'chokidar';
import { isExhausted } from '../../host/watch/exhausted.ts';
import { isManifestName } from './read.ts';

export interface Watching {
  /** Resolves when no descriptor is left. */
  close(): Promise<void>;
}

/** Files, and folders of manifests; they and their parents may be missing, vanish and come again. */
export function watchPaths(
  paths: readonly string[],
  /** `onLost` is told the code when the kernel has no watches or descriptors left: events may be missed from then on. */
  { onEvent, onLost }: { readonly onEvent: () => void; readonly onLost: (code: string) => void },
): Watching {
  const absolute = [...new Set(paths.flatMap((path) => [resolve(path), ...targetOf(path)]))];
  // Of a file its directory too: the link that a swap exchanges stands there.
  const watcher = watch([...new Set([...absolute, ...absolute.map((path) => dirname(path))])], {
    ignoreInitial: true,
    // A replaced file is told at once, not once it is known that it has not just been removed.
    atomic: false,
    ignored: (path) => isIrrelevant(path, absolute),
  });
  watcher.on('all', onEvent);
  // What changed before there were watches has no event.
  watcher.on('ready', onEvent);
  watcher.on('error', (error) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined && isExhausted(code)) onLost(code);
  });
  return { close: () => watcher.close() };
}

/** What a link leads to is replaced in its own directory. */
function targetOf(path: string): string[] {
  try {
    return [realpathSync(path)];
  } catch {
    // It is not there yet; whoever polls finds what events do not tell.
    return [];
  }
}

/**
 * Of a folder only the manifests are watched, beside a file nothing but the link that a ConfigMap's volume swaps: the
 * file is a link through that one then, and stays as it is.
 */
function isIrrelevant(path: string, tops: readonly string[]): boolean {
  if (tops.some((top) => top === path || isBelow(top, path))) return false;
  const [directory, name] = [dirname(path), basename(path)];
  if (tops.includes(directory) && isManifestName(name)) return false;
  return name !== '..data' || !tops.some((top) => top === directory || dirname(top) === directory);
}

function isBelow(path: string, top: string): boolean {
  return path.startsWith(top === '/' ? top : `${top}/`);
}
