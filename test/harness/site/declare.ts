/** Declares the site's people and policy on a machine, with the remotes and files that the stand-in site has. */
import { readFile } from 'node:fs/promises';
import type { Machine } from '../machine/machine.ts';

const PROJECT = new URL('../../../', import.meta.url);

/** What the example names of the real site, and what stands for it here. */
const STAND_INS = [
  ['https://github.com/ViktorBarzin/infra.git', 'file:///srv/git/infra.git'],
  ['https://forgejo.viktorbarzin.me/viktor/infra.git', 'file:///srv/git/forgejo/infra.git'],
  ['https://forgejo.viktorbarzin.me/viktor', 'file:///srv/git/forgejo'],
  ['/home/wizard/.kube/config', '/opt/admin-kube/config'],
] as const;

export async function sitePolicy(): Promise<string> {
  const text = await readFile(new URL('examples/devvm/workstation.yaml', PROJECT), 'utf8');
  return STAND_INS.reduce((policy, [real, standIn]) => policy.replaceAll(real, standIn), text);
}

export async function siteRoster(): Promise<string> {
  return readFile(new URL('test/golden/roster.yaml', PROJECT), 'utf8');
}

export async function declare(machine: Machine, roster?: string): Promise<void> {
  await machine.write('/etc/workstation/workstation.yaml', await sitePolicy());
  await machine.write('/etc/workstation/roster.yaml', roster ?? (await siteRoster()));
}
