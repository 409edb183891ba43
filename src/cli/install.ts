/** `install` and `uninstall`: the agent as a service of this machine, and back. */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { completionScript, type Shell } from './completion.ts';
import { lay, take, type Laid } from './install/files.ts';
import { UNIT, unitText } from './install/unit.ts';
import { takeAway } from './join/files.ts';
import type { Io } from './io.ts';
import { requireRoot } from './session.ts';

export interface InstallOptions {
  readonly roster?: readonly string[];
  readonly workstation?: string;
  readonly name?: string;
  readonly kubeconfig?: string;
  readonly start: boolean;
}

const UNIT_FILE = `/etc/systemd/system/${UNIT}`;
/** Where Debian's shells look. */
const COMPLETIONS: Readonly<Record<Shell, string>> = {
  bash: '/usr/share/bash-completion/completions/workstation',
  zsh: '/usr/share/zsh/vendor-completions/_workstation',
  fish: '/usr/share/fish/vendor_completions.d/workstation.fish',
};
const STATE = ['/var/lib/workstation', '/var/log/workstation', '/run/workstation'];

export function install(io: Io, root: Command, options: InstallOptions): number {
  requireRoot();
  requireSystemd('install');
  for (const item of itemsOf(root, options)) if (lay(item)) io.out(`laid down ${item.path}\n`);
  systemctl('daemon-reload');
  systemctl('enable', UNIT);
  if (options.start) {
    systemctl('restart', UNIT);
    io.out(`${UNIT} runs: see workstation status and workstation logs\n`);
  } else {
    io.out(`${UNIT} is enabled: start it with systemctl start ${UNIT}\n`);
  }
  return 0;
}

/** What people have, and what the machine's state says of them, stays unless it is purged. */
export function uninstall(io: Io, root: Command, { purge }: { readonly purge?: boolean }): number {
  requireRoot();
  requireSystemd('uninstall');
  if (existsSync(UNIT_FILE)) systemctl('disable', '--now', UNIT);
  for (const item of itemsOf(root, { start: false })) if (take(item)) io.out(`took away ${item.path}\n`);
  systemctl('daemon-reload');
  if (purge) {
    for (const path of takeAway()) io.out(`took away ${path}\n`);
    for (const path of STATE) rmSync(path, { recursive: true, force: true });
    io.out(`removed ${STATE.join(', ')}: which ports and uids are reserved is forgotten\n`);
  }
  return 0;
}

function itemsOf(root: Command, options: InstallOptions): Laid[] {
  const program = programPath();
  const unit: Laid = { kind: 'file', path: UNIT_FILE, text: unitText({ program, args: argsOf(options) }) };
  const shells = (Object.keys(COMPLETIONS) as Shell[]).filter((shell) =>
    existsSync(dirname(COMPLETIONS[shell])),
  );
  return [
    unit,
    { kind: 'link', path: '/usr/local/bin/workstation', target: program },
    { kind: 'link', path: '/usr/local/bin/kubectl-workstation', target: program },
    ...shells.map((shell): Laid => ({
      kind: 'file',
      path: COMPLETIONS[shell],
      text: completionScript(shell, root, 'workstation'),
    })),
  ];
}

function argsOf({ roster = [], workstation, name, kubeconfig }: InstallOptions): string[] {
  return [
    ...roster.flatMap((path) => ['--roster', resolve(path)]),
    ...(workstation === undefined ? [] : ['--workstation', resolve(workstation)]),
    ...(name === undefined ? [] : ['--name', name]),
    ...(kubeconfig === undefined ? [] : ['--kubeconfig', resolve(kubeconfig)]),
  ];
}

/** The script beside the bundle that runs now. */
function programPath(): string {
  const bundle = process.argv[1] ?? '';
  return resolve(dirname(bundle), '../bin/workstation');
}

/** sd_booted(3). Before anything is done: half an installation is none. */
function requireSystemd(what: string): void {
  if (existsSync('/run/systemd/system')) return;
  throw new Error(`${what}: systemd does not run on this machine: do it on one that was booted with it`);
}

function systemctl(...args: string[]): void {
  const { status, stderr, error } = spawnSync('/usr/bin/systemctl', args, { encoding: 'utf8' });
  if (status === 0) return;
  throw new Error(
    `systemctl ${args.join(' ')}: ${(error?.message ?? stderr.trim().split('\n').at(-1)) || 'it failed'}: see systemctl status ${UNIT}`,
  );
}
