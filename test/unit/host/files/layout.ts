/** Directory trees as data: made before a test, and read back after it. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export type Item =
  | { readonly dir: true; readonly mode?: number }
  | { readonly file: string | Buffer; readonly mode?: number }
  | { readonly link: string }
  | { readonly hardLink: string }
  | { readonly sparse: number }
  | { readonly special: 'fifo' | 'socket' };

/** By path relative to the root, parents first where they matter. */
export type Layout = Readonly<Record<string, Item>>;

const made: string[] = [];

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'files-'));
  made.push(directory);
  return directory;
}

export function removeTemporaryDirectories(): void {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
}

/** Makes the layout below `root`; modes are as given whatever the umask. */
export async function layOut(root: string, layout: Layout): Promise<void> {
  for (const [path, item] of Object.entries(layout)) {
    const full = join(root, path);
    mkdirSync(dirname(full), { recursive: true, mode: 0o755 });
    await make(root, full, item);
    if ('mode' in item) chmodSync(full, item.mode ?? 0o644);
  }
}

async function make(root: string, path: string, item: Item): Promise<void> {
  if ('dir' in item) mkdirSync(path, { recursive: true });
  else if ('file' in item) writeFileSync(path, item.file);
  else if ('link' in item) symlinkSync(item.link, path);
  else if ('hardLink' in item) linkSync(join(root, item.hardLink), path);
  else if ('sparse' in item) {
    writeFileSync(path, '');
    truncateSync(path, item.sparse);
  } else if (item.special === 'fifo') execFileSync('mkfifo', [path]);
  else await makeSocket(path);
}

/** Closing a server removes its socket, so it gets another name first. */
async function makeSocket(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(`${path}.bound`, resolve));
  linkSync(`${path}.bound`, path);
  await new Promise((resolve) => server.close(resolve));
}

/** What is below `root`, by relative path: type, octal mode and content, e.g. `file 644 hello`. */
export function snapshot(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(root)) {
    const path = join(root, name);
    found[name] = describeItem(path);
    if (!lstatSync(path).isDirectory()) continue;
    for (const [below, item] of Object.entries(snapshot(path))) found[join(name, below)] = item;
  }
  return found;
}

function describeItem(path: string): string {
  const stats = lstatSync(path);
  const mode = (stats.mode & 0o7777).toString(8);
  if (stats.isSymbolicLink()) return `link ${readlinkSync(path)}`;
  if (stats.isDirectory()) return `dir ${mode}`;
  if (stats.isFile() && stats.size < 2 ** 20) return `file ${mode} ${readFileSync(path, 'utf8')}`;
  return `other ${mode}`;
}
