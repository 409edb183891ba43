/**
 * The host state that a pass leaves, as text that is the same on every run: the form of the files in `test/golden`.
 * Left out is what differs from machine to machine: dates, sizes, the number of a system group, the inside of `.git`.
 */
import type { Machine } from '../machine/machine.ts';

/** Text by the name of the golden file. `units.txt` only of a booted machine. */
export type Capture = Readonly<Record<string, string>>;

export async function capture(machine: Machine, users: readonly string[]): Promise<Capture> {
  const sorted = [...users].sort();
  const booted = (await machine.run(['test', '-d', '/run/systemd/system'])).code === 0;
  return {
    'accounts.txt': await accounts(machine, sorted),
    'modes.txt': await machine.output(['sh', '-c', MODES]),
    'etc-files.txt': await machine.output(['sh', '-c', ETC_FILES]),
    'home-files.txt': await machine.output(['sh', '-c', HOME_FILES, 'sh', ...sorted]),
    'git.txt': await clones(machine),
    'systemd-links.txt': await machine.output(['sh', '-c', SYSTEMD_LINKS]),
    ...(booted ? { 'units.txt': await machine.output(['sh', '-c', UNITS]) } : {}),
  };
}

/** The users' lines in the order of their names, then those of the groups that tiers give. */
async function accounts(machine: Machine, users: readonly string[]): Promise<string> {
  const sections = ['passwd', 'group', 'shadow', 'gshadow', 'subuid', 'subgid'].map(async (file) => {
    const lines = (await machine.read(`/etc/${file}`)).split('\n').filter(Boolean);
    const of = (names: readonly string[]) => (line: string) => names.includes(line.split(':', 1)[0] ?? '');
    const theirs = users.flatMap((user) => lines.filter(of([user])));
    const shared = /group|gshadow/.test(file) ? lines.filter(of(['sudo', 'docker', 'code-shared'])) : [];
    return [`== /etc/${file}`, ...theirs.map(withoutDay), ...shared.map(withoutGid)]
      .map((line) => `${line}\n`)
      .join('');
  });
  return (await Promise.all(sections)).join('');
}

/** Third field of shadow(5): the day of the last password change. */
const withoutDay = (line: string) => line.replace(/^([^:]+:!:)\d+:/, '$1<today>:');
const withoutGid = (line: string) => line.replace(/^docker:x:\d+:/, 'docker:x:<gid>:');

const MODES = `
  find /home /etc/t3-serve /etc/claude-code /etc/ttyd-user-map -xdev \\
    \\( -path '*/.git/*' -o -path '*/stacks/*' \\) -prune -o -printf '%m %u:%g %y\\t%p -> %l\\n' 2>/dev/null |
    sed 's/ -> $//' | LC_ALL=C sort -t "$(printf '\\t')" -k 2
`;

const SHOW = 'show() { cat "$1"; echo "<EOF>"; }';

const ETC_FILES = `${SHOW}
  for file in /etc/ttyd-user-map /etc/t3-serve/*.json /etc/t3-serve/*.env /etc/claude-code/*; do
    [ -f "$file" ] && echo "== $file" && show "$file"
  done
  :
`;

const HOME_FILES = `${SHOW}
  for user; do
    for file in .claude.json .claude/settings.json .kube/config start-claude.sh .config/playwright/token .codex/AGENTS.md; do
      path=/home/$user/$file
      [ -e "$path" ] && echo "== $path ($(stat -c '%a %U:%G' "$path"))" && show "$path"
    done
  done
  :
`;

/** Every repository below /home, as its owner sees it. */
async function clones(machine: Machine): Promise<string> {
  const find = ['find', '/home', '-xdev', '-name', '.git', '-prune', '-printf', '%h %u\\n'];
  const found = (await machine.output(find)).split('\n').filter(Boolean).sort();
  const texts = found.map(async (line) => {
    const [path = '', user = ''] = line.split(' ');
    const shown = await machine.output(['sh', '-c', CLONE, 'sh', path], { user });
    return `== ${path} owner=${user}\n${shown}`;
  });
  return (await Promise.all(texts)).join('');
}

const CLONE = `
  cd "$1"
  upstream=$(git rev-parse --abbrev-ref '@{upstream}')
  echo "HEAD=$(git symbolic-ref --short HEAD) $(git rev-parse --short HEAD) upstream=$upstream"
  git remote --verbose
  echo '-- config'
  git config --local --list | LC_ALL=C sort
  echo '-- status'
  git status --porcelain
  echo '-- branches'
  git branch --all
  echo '-- top'
  ls -A
  [ -f secrets/token.txt ] && echo '-- secrets/token.txt' && od -c secrets/token.txt
  :
`;

/** What the machine's distribution enabled is none of the site's. */
const SYSTEMD_LINKS = `
  find /etc/systemd/system -type l -path '*wants*' -lname '/etc/systemd/system/*' -printf '%p -> %l\\n' | LC_ALL=C sort
`;

const UNITS = `
  set -- 't3-*' 'playwright-*' 'claude-auth-sync@*' 'tmux-persist-*'
  for type in service timer; do systemctl list-units --all --plain --no-legend --type=$type "$@"; done |
    awk '{ print $1, $2, $3, $4 }'
  for type in service timer; do systemctl list-unit-files --no-legend --type=$type "$@"; done |
    awk '{ print $1, $2, $3 }'
`;
