/** Tells that something may have changed at some paths, as fast as the kernel does; what it was, whoever hears it looks. */
import { resolve } from 'node:path';
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
  const absolute = paths.map((path) => resolve(path));
  const watcher = watch(absolute, {
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

/** Of a folder only the manifests are watched, and the link that a ConfigMap's volume swaps. */
function isIrrelevant(path: string, tops: readonly string[]): boolean {
  if (tops.some((top) => top === path || isBelow(top, path))) return false;
  const names = tops.filter((top) => isBelow(path, top)).map((top) => path.slice(top.length + 1));
  return names.length > 0 && !names.some((name) => isManifestName(name) || name === '..data');
}

function isBelow(path: string, top: string): boolean {
  return path.startsWith(top === '/' ? top : `${top}/`);
}
