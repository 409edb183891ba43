/**
 * A stand-in for the site of `examples/devvm`: what its machine has before the first pass, without any network.
 * `root/` is laid over `/` as it is; what is more than files is done here.
 */
import { buildBase, CHECKOUT } from '../machine/machine.ts';
import type { Base, Machine } from '../machine/machine.ts';
import { CANONICAL_INFRA, fastImport, INFRA, projectRepository } from './repositories.ts';
import type { Repository } from './repositories.ts';

export interface SiteOptions {
  /** Whether new homes get the stand-in `claude`, as if installed before. Default: true. */
  readonly claude?: boolean;
}

/** Bare repositories of the site, as users reach them. */
export const REMOTES = {
  infra: 'file:///srv/git/infra.git',
  canonicalInfra: 'file:///srv/git/forgejo/infra.git',
  baseURL: 'file:///srv/git/forgejo',
} as const;

/** The site's machine before the first pass. Built at most once per test process and variant. */
export function siteBase({ claude = true }: SiteOptions = {}): Promise<Base> {
  const name = claude ? 'with claude' : 'without claude';
  const base = bases.get(name) ?? buildBase((machine) => buildSite(machine, claude));
  bases.set(name, base);
  return base;
}

const bases = new Map<string, Promise<Base>>();

async function buildSite(machine: Machine, claude: boolean): Promise<void> {
  await machine.output(['cp', '--recursive', `${CHECKOUT}/test/harness/site/root/.`, '/']);
  await machine.output(['chmod', '600', '/opt/admin-kube/config', '/etc/t3-serve/chrome-service-token']);
  await machine.output(['chmod', '700', '/opt/admin-kube']);
  if (!claude) await machine.output(['rm', '--recursive', '/etc/skel/.local']);

  // The group code-shared is absent on purpose: a group that is configured need not exist.
  await machine.output(['groupadd', '--force', '--system', 'docker']);
  if ((await machine.run(['test', '-e', '/bin/zsh'])).code !== 0)
    await machine.output(['cp', '/bin/sh', '/bin/zsh']);

  await createRepository(machine, 'infra.git', INFRA);
  await createRepository(machine, 'forgejo/infra.git', CANONICAL_INFRA);
  await createRepository(machine, 'forgejo/tripit.git', projectRepository('tripit', 'master'));
  await createRepository(machine, 'forgejo/website.git', projectRepository('website', 'main'));
}

async function createRepository(machine: Machine, name: string, repository: Repository): Promise<void> {
  const path = `/srv/git/${name}`;
  await machine.output(['git', 'init', '--quiet', '--bare', `--initial-branch=${repository.branch}`, path]);
  await machine.output(['git', '-C', path, 'fast-import', '--quiet'], { input: fastImport(repository) });
}
