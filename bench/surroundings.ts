/** The machine that all contestants start from: the stand-in site, a roster, and the old program where it is given. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildBase } from '../test/harness/machine/machine.ts';
import type { Base, Machine } from '../test/harness/machine/machine.ts';
import { declare } from '../test/harness/site/declare.ts';
import { siteBase } from '../test/harness/site/site.ts';
import { rosterOf } from './roster.ts';

/** Both start programs that are cheap here: what they cost at a real site is nobody's merit. */
const CLAUDE = `#!/bin/sh
# mcp get NAME | mcp add --scope user --transport TYPE NAME URL
case $2 in
  get) grep -qs "\\"$3\\"" "$HOME/.claude.json" || { echo "No MCP server named $3" >&2; exit 1; } ;;
  add) printf '{"mcpServers":{"%s":{"type":"%s","url":"%s"}}}\\n' "$7" "$6" "$8" >"$HOME/.claude.json" ;;
  *) exit 2 ;;
esac
`;
const KUBECTL = `#!/bin/sh
case "$*" in *authority*) echo Q0EtREFUQQ== ;; *) echo https://192.0.2.10:6443 ;; esac
`;

export async function surroundings(people: number, seed: string | undefined): Promise<Base> {
  const site = await siteBase();
  return buildBase(async (machine) => {
    await machine.write('/etc/skel/.local/bin/claude', CLAUDE, 0o755);
    await machine.write('/usr/local/bin/kubectl', KUBECTL, 0o755);
    // There is no Vault here: everybody has a token from the beginning.
    await machine.write('/etc/skel/.config/claude-auth-sync/vault-token', 'token\n', 0o600);
    await declare(machine, rosterOf(people));
    if (seed !== undefined) await laySeed(machine, people, seed);
  }, site);
}

export const SEED_COMMAND = ['/usr/local/sbin/provision'] as const;
const WORKSTATION_DIR = '/opt/workstation';

async function laySeed(machine: Machine, people: number, seed: string): Promise<void> {
  const put = async (path: string, name: string, mode: number) =>
    machine.write(path, readFileSync(join(seed, name)), mode);
  await put(`${WORKSTATION_DIR}/roster_engine.py`, 'roster_engine.py', 0o644);
  await put('/usr/local/sbin/provision.sh', 't3-provision-users.fixed.sh', 0o755);
  const wiring = 'env/wire-memory-hooks.py';
  if (existsSync(join(seed, wiring)))
    await put(`${WORKSTATION_DIR}/claude-hooks/wire-memory-hooks.py`, wiring, 0o755);
  await machine.write(`${WORKSTATION_DIR}/roster.yaml`, rosterOf(people));
  await machine.write(
    SEED_COMMAND[0],
    `#!/bin/sh
export WORKSTATION_DIR=${WORKSTATION_DIR} ADMIN_KUBECONFIG=/opt/admin-kube/config
export INFRA_REMOTE=file:///srv/git/infra.git FORGEJO_INFRA_REMOTE=file:///srv/git/forgejo/infra.git
export REPO_REMOTE_BASE=file:///srv/git/forgejo
exec /usr/local/sbin/provision.sh
`,
    0o755,
  );
}
