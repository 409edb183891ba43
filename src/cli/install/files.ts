/** What an installation lays down beside the unit, so that people find the program and shells complete it. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  renameSync,
} from 'node:fs';
import { dirname } from 'node:path';

export type Laid =
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | { readonly kind: 'link'; readonly path: string; readonly target: string };

/** Whether something changed. What somebody else put at the path of a link stays. */
export function lay(item: Laid): boolean {
  if (item.kind === 'file') return layFile(item);
  if (isThere(item.path)) return false;
  mkdirSync(dirname(item.path), { recursive: true });
  symlinkSync(item.target, item.path);
  return true;
}

/** Takes away what `lay` has made; a link that leads elsewhere is somebody else's. */
export function take(item: Laid): boolean {
  if (!isThere(item.path)) return false;
  if (item.kind === 'link' && targetOf(item.path) !== item.target) return false;
  rmSync(item.path);
  return true;
}

/** Whole or not at all, and only where it differs. */
function layFile({ path, text }: Extract<Laid, { kind: 'file' }>): boolean {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return false;
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.new`;
  writeFileSync(temporary, text, { mode: 0o644 });
  renameSync(temporary, path);
  return true;
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function targetOf(path: string): string | undefined {
  return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined;
}
