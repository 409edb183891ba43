/**
 * What remains when nothing is decided any more: the tools of the machine, called in the best order by somebody who knows
 * what is missing. What they copy is taken from a machine that `apply` has brought to what is declared.
 */
import { CHECKOUT, createMachine } from '../test/harness/machine/machine.ts';
import type { Base, Machine } from '../test/harness/machine/machine.ts';
import { REMOTES } from '../test/harness/site/site.ts';
import { accountsOf, clonesOf, isAdmin } from './roster.ts';

/** The files and units that a machine gets, beside accounts and clones. */
export interface Model {
  /** A tar archive in base64. */
  readonly files: string;
  readonly enabled: readonly string[];
}

export const SCRIPT = '/srv/bare/run.sh';

export async function modelOf(base: Base): Promise<Model> {
  const machine = await createMachine({ kind: 'chroot', base });
  try {
    await machine.output([`${CHECKOUT}/bin/workstation`, 'apply'], { timeout: 300_000 });
    const files = await machine.output(['sh', '-c', PACK], { timeout: 120_000 });
    const enabled = await machine.output(['sh', '-c', LIST_ENABLED]);
    return { files, enabled: enabled.trim().split('\n') };
  } finally {
    await machine.destroy();
  }
}

/** Clones are made by git and .claude.json by the person's own command: neither is copied. */
const PACK = `
  cd /
  set -- home etc/t3-serve etc/claude-code etc/ttyd-user-map
  tar --numeric-owner --exclude='home/*/code' --exclude='home/*/.claude.json' -cf - "$@" | base64 -w0
`;
const LIST_ENABLED = `find /etc/systemd/system -path '*.wants/*' -type l -printf '%f\\n'`;

/** The policy enables these and does not start them. */
const NOT_STARTED = new Set(['t3-autoupdate.timer', 'tmux-persist-restore.service']);

export async function layBare(machine: Machine, people: number, { files, enabled }: Model): Promise<void> {
  await machine.write('/srv/bare/files.tar', Buffer.from(files, 'base64'));
  await machine.output(['sh', '-ec', UNPACK]);
  await machine.write(SCRIPT, scriptFor(people, enabled), 0o755);
}

const UNPACK = 'mkdir /srv/bare/files && cd /srv/bare/files && tar --numeric-owner -xpf ../files.tar';

/** Clones run while accounts are still being made; one at a time would leave a processor idle, many would only queue. */
function scriptFor(people: number, enabled: readonly string[]): string {
  const started = enabled.filter((unit) => !NOT_STARTED.has(unit));
  const accounts = accountsOf(people).map((name, index) => accountOf(name, index));
  return `#!/bin/bash
set -euo pipefail
slots=4 running=0
one() { wait -n; running=$((running - 1)); }
as() {
  ((running < slots)) || one
  setpriv --reuid="$1" --regid="$1" --init-groups --reset-env bash -euc "$2" &
  running=$((running + 1))
}
${accounts.join('')}while ((running > 0)); do one; done
cp --archive /srv/bare/files/. /
systemctl enable --no-reload --quiet ${enabled.join(' ')}
if [[ -d /run/systemd/system ]]; then
  systemctl daemon-reload
  systemctl start ${started.join(' ')}
fi
`;
}

function accountOf(name: string, index: number): string {
  const groups = isAdmin(index) ? '--groups docker,sudo ' : '';
  const clones = clonesOf(index).map(({ path, remote }) =>
    remote === 'infra' ? cloneInfra(path) : `git clone --quiet ${REMOTES.baseURL}/${remote}.git ${path}`,
  );
  const mcp = `~/.local/bin/claude mcp add --scope user --transport http playwright http://localhost:${8931 + index}/mcp`;
  return `useradd --create-home --key HOME_MODE=0700 ${groups}--shell /bin/zsh ${name}
as ${name} 'cd
${[...clones, mcp].join('\n')}
'
`;
}

function cloneInfra(path: string): string {
  const settings = [
    'filter.git-crypt.smudge=cat',
    'filter.git-crypt.clean=cat',
    'filter.git-crypt.required=false',
    `remote.forgejo.url=${REMOTES.canonicalInfra}`,
    'remote.forgejo.fetch=+refs/heads/*:refs/remotes/forgejo/*',
  ];
  const configured = settings.map((setting) => `--config ${setting}`).join(' ');
  return `git clone --quiet --no-checkout ${configured} ${REMOTES.infra} ${path}
git -C ${path} fetch --quiet forgejo
git -C ${path} checkout --quiet -B master --track forgejo/master`;
}
