/**
 * The quickstart: makes a throw-away machine in a temporary directory, and brings three people onto it.
 * Nothing outside of that directory is changed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { makeMachine } from './machine.ts';
import { serveRemotes } from './remotes.ts';

const UNSHARE = 'unshare';
const NAMESPACE = ['--user', '--map-root-user', '--map-auto', '--'];
const IN_NAMESPACE = 'WORKSTATION_QUICKSTART_IN_NAMESPACE';
const WORKSTATION = join(import.meta.dirname, '../../bin/workstation');

if (process.getuid?.() === 0) await tell();
else runInNamespace();

async function tell(): Promise<void> {
  const playground = mkdtempSync(join(tmpdir(), 'workstation-quickstart-'));
  // The people of the machine go through here.
  chmodSync(playground, 0o755);
  makeMachine(join(playground, 'machine'));
  const remotes = await serveRemotes(join(playground, 'git'));
  declare(playground, remotes.url);

  await show(playground, 'What would be done for one of them?', ['plan', 'linus']);
  await show(playground, 'Do it, for all three', ['apply']);
  await show(playground, 'How does everybody stand?', ['get', 'users', '--output', 'wide']);
  await show(playground, 'Is there anything left to do?', ['plan']);
  remotes.close();
  sayGoodbye(playground);
}

/** The files of this example, with the remotes as they are served. */
function declare(playground: string, url: string): void {
  for (const name of ['roster.yaml', 'files'])
    cpSync(join(import.meta.dirname, name), join(playground, name), { recursive: true });
  const policy = readFileSync(join(import.meta.dirname, 'workstation.yaml'), 'utf8');
  writeFileSync(join(playground, 'workstation.yaml'), policy.replaceAll('http://git.example', url));
}

async function show(playground: string, title: string, [command = '', ...rest]: readonly string[]) {
  const files = command === 'get' ? [] : ['--roster', 'roster.yaml'];
  const args = [command, ...rest, '--root', 'machine', ...files];
  console.log(`\n# ${title}\n$ workstation ${args.join(' ')}\n`);
  const child = spawn(WORKSTATION, args, { cwd: playground, stdio: ['ignore', 'inherit', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (piece: Buffer) => (complaints += piece.toString()));
  const [status] = (await once(child, 'close')) as [number | null];
  // As in diff(1) and kubectl diff, a plan that is not empty is no failure.
  if (status === 0 || (command === 'plan' && status === 2)) return;
  process.stderr.write(complaints);
  console.error(`\nquickstart: this ended with status ${status}. What was made is in ${playground}`);
  process.exit(1);
}

function sayGoodbye(playground: string): void {
  const remove = `rm -rf ${playground}`;
  const command = IN_NAMESPACE in process.env ? `${UNSHARE} ${NAMESPACE.join(' ')} ${remove}` : remove;
  console.log(`
All of it is in ${playground}:
  roster.yaml        who: change it there, and see what that means: ${WORKSTATION} plan --root machine --roster roster.yaml
  workstation.yaml   what everybody gets
  machine/           what became of it: etc/passwd, home/linus, etc/systemd/system, …

Remove it with: ${command}`);
}

/** Accounts need more than one uid: root has them all, anybody else those of /etc/subuid, in a user namespace. */
function runInNamespace(): void {
  const attempt = spawnSync(UNSHARE, [...NAMESPACE, 'true'], { stdio: 'ignore' });
  if (attempt.status === 0) {
    const env = { ...process.env, [IN_NAMESPACE]: '1' };
    const again = [...NAMESPACE, process.execPath, import.meta.filename];
    process.exitCode = spawnSync(UNSHARE, again, { stdio: 'inherit', env }).status ?? 1;
    return;
  }
  console.error(
    `quickstart: the accounts it makes need user ids, and ${userInfo().username} may use no others here: run it as root, or install the package uidmap and see that /etc/subuid and /etc/subgid have a line for ${userInfo().username}`,
  );
  process.exitCode = 1;
}
