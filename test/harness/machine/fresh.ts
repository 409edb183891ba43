/**
 * What makes a machine fresh: the outer machine's programs, but none of its people, their data or its enabled units.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProcess } from './process.ts';
import type { Store } from './store.ts';

/** Directories of the outer machine that are replaced by empty ones of the same owner and mode. */
const HIDDEN = [
  '/etc/systemd/system',
  '/home',
  '/opt',
  '/root',
  '/run',
  '/srv',
  '/tmp',
  '/var/lib/systemd/linger',
  '/var/mail',
  '/var/spool/cron/crontabs',
  '/var/tmp',
];

/**
 * A directory made where the upper layer has a whiteout becomes opaque: overlayfs shows nothing of the lower one.
 * That way the attribute that says so need not be written by a tool of its own.
 */
const HIDE = `
  cd "$1"
  layer=$1
  shift
  mkdir -p work root
  for path; do
    mkdir -p "upper\${path%/*}"
    mknod "upper$path" c 0 0
  done
  mount -t overlay -o lowerdir=/,upperdir=upper,workdir=work overlay root
  for path; do
    mkdir "root$path"
    chown --reference="$path" "root$path"
    chmod --reference="$path" "root$path"
  done
`;

/** Makes the layer that all machines stand on. Returns its directory in the store. */
export async function makeFreshLayer(store: Store): Promise<string> {
  const name = 'fresh';
  await mkdir(join(store.outside(name), 'upper'), { recursive: true });
  const present = (await runProcess(['find', ...HIDDEN, '-maxdepth', '0', '-type', 'd'])).stdout
    .trim()
    .split('\n');
  const script = ['sh', '-ec', HIDE, 'sh', store.inside(name), ...present];
  const { code, stderr } = await runProcess([...store.enter, 'unshare', '--mount', ...script]);
  if (code !== 0) throw new Error(`making the layer of a fresh machine: ${stderr.trim()}`);
  await writeAccounts(join(store.outside(name), 'upper/etc'));
  return join(store.inside(name), 'upper');
}

async function writeAccounts(etc: string): Promise<void> {
  const read = (file: string) => readFile(join('/etc', file), 'utf8').catch(() => '');
  const people = new Set(
    entries(await read('passwd'))
      .filter(isPersonal)
      .map(nameOf),
  );
  const groups = new Set(
    entries(await read('group'))
      .filter(isPersonal)
      .map(nameOf),
  );
  const keep = (gone: Set<string>) => (line: string) => !gone.has(nameOf(line));
  const withoutPeople = (line: string) => {
    const fields = line.split(':');
    const members = (fields.pop() ?? '').split(',').filter((member) => !people.has(member));
    return [...fields, members.join(',')].join(':');
  };
  const write = async (file: string, mode: number, change: (lines: string[]) => string[]) => {
    const lines = change(entries(await read(file)));
    await writeFile(join(etc, file), lines.map((line) => `${line}\n`).join(''), { mode });
  };
  for (const file of ['passwd', 'subuid', 'subgid'])
    await write(file, 0o644, (all) => all.filter(keep(people)));
  await write('shadow', 0o640, (all) => all.filter(keep(people)));
  await write('group', 0o644, (all) => all.filter(keep(groups)).map(withoutPeople));
  await write('gshadow', 0o640, (all) => all.filter(keep(groups)).map(withoutPeople));
}

const entries = (file: string) => file.split('\n').filter(Boolean);
const nameOf = (line: string) => line.split(':', 1)[0] ?? '';

/** passwd and group both have the number third; 65534 is nobody. */
function isPersonal(line: string): boolean {
  const id = Number(line.split(':')[2]);
  return id >= 1000 && id < 65_534;
}
