/**
 * The quickstart: makes a throw-away machine in a directory, and brings three people onto it.
 * Nothing outside that directory is changed.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';

const here = import.meta.dirname;
const workstation = join(here, '..', '..', 'bin', 'workstation');

becomeRoot();
const playground = mkdtempSync(join(tmpdir(), 'workstation-quickstart-'));
chmodSync(playground, 0o755);
const image = join(playground, 'machine');
makeMachine();
makeRemotes();
makePolicy();

const files = [
  '--roster',
  join(playground, 'roster.yaml'),
  '--workstation',
  join(playground, 'workstation.yaml'),
];
show('What would be done', ['plan', '--root', image, ...files]);
show('Do it', ['apply', '--root', image, ...files]);
show('How everybody stands', ['get', 'users', '--root', image, '-o', 'wide']);
show('Nothing is left to do', ['plan', '--root', image, ...files]);
console.log(
  `\nThe machine is the directory ${image}. Look around in it, then remove it: rm -rf ${playground}`,
);

/** Accounts need more than one uid: root has them all, anybody else has those of /etc/subuid in a user namespace. */
function becomeRoot(): void {
  if (process.getuid?.() === 0) return;
  const namespace = ['--user', '--map-root-user', '--map-auto'];
  if (spawnSync('unshare', [...namespace, 'true']).status !== 0) {
    console.error(
      `quickstart: ${userInfo().username} has no range of user ids here: run it as root, or install the package uidmap and give the account lines in /etc/subuid and /etc/subgid`,
    );
    process.exit(1);
  }
  const { status } = spawnSync('unshare', [...namespace, process.execPath, import.meta.filename], {
    stdio: 'inherit',
  });
  process.exit(status ?? 1);
}

function makeMachine(): void {
  write('etc/passwd', 'root:x:0:0:root:/root:/bin/bash\n');
  write('etc/group', 'root:x:0:\nsudo:x:27:\n');
  write('etc/shadow', 'root:*:20000:0:99999:7:::\n', 0o640);
  write('etc/gshadow', 'root:*::\nsudo:*::\n', 0o640);
  write('etc/subuid', '');
  write('etc/subgid', '');
  write('etc/login.defs', 'UID_MIN 1000\nUID_MAX 60000\nGID_MIN 1000\nGID_MAX 60000\nUSERGROUPS_ENAB yes\n');
  write('etc/skel/.profile', 'PATH="$HOME/.local/bin:$PATH"\n');
  write(
    'etc/systemd/system/editor@.service',
    `[Unit]
Description=Editor of %i

[Service]
User=%i
EnvironmentFile=/etc/editor/%i.env
ExecStart=/usr/bin/editor-server --port \${EDITOR_PORT}

[Install]
WantedBy=multi-user.target
`,
  );
  mkdirSync(join(image, 'home'));
}

function write(path: string, text: string, mode = 0o644): void {
  const file = join(image, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { mode });
}

function makeRemotes(): void {
  for (const [name, text] of [
    ['infra', '# The code that everybody works on\n'],
    ['notes', '# Notes\n'],
  ] as const) {
    const work = join(playground, 'git', name);
    mkdirSync(work, { recursive: true });
    writeFileSync(join(work, 'README.md'), text);
    git(work, 'init', '--quiet', '--initial-branch', 'main');
    git(work, 'add', '.');
    git(
      work,
      '-c',
      'user.name=Quickstart',
      '-c',
      'user.email=quickstart@example.com',
      'commit',
      '--quiet',
      '-m',
      'Begin',
    );
    git(playground, 'clone', '--quiet', '--bare', work, join(playground, 'git', `${name}.git`));
  }
}

function git(directory: string, ...args: string[]): void {
  execFileSync('git', ['-C', directory, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
}

function makePolicy(): void {
  cpSync(join(here, 'files'), join(playground, 'files'), { recursive: true });
  cpSync(join(here, 'roster.yaml'), join(playground, 'roster.yaml'));
  const policy = readFileSync(join(here, 'workstation.yaml'), 'utf8').replaceAll(
    '/srv/git',
    join(playground, 'git'),
  );
  writeFileSync(join(playground, 'workstation.yaml'), policy);
}

function show(title: string, args: readonly string[]): void {
  const shown = args.map((word) => word.replace(`${playground}/`, ''));
  console.log(`\n=== ${title}\n$ workstation ${shown.join(' ')}\n`);
  const { status } = spawnSync(workstation, args, { stdio: 'inherit' });
  if (status !== 0 && !(args[0] === 'plan' && status === 2)) process.exit(status ?? 1);
}
