/** What the surroundings of a command know of the cluster: Vault, and the tiers that the cluster has people in. */
import { readFileSync } from 'node:fs';
import { osUserOf, type WorkstationUser } from '../api/user.ts';
import type { WorkstationSpec } from '../api/workstation/index.ts';
import { readClusterTiers } from '../host/clustertiers.ts';
import type { Vault } from '../host/vault/client.ts';
import { vaultFromEnvironment } from '../host/vault/environment.ts';
import { compareTiers, type TierIssue } from '../roster/tiers.ts';
import type { Io } from './io.ts';

export interface ClusterOptions {
  readonly vaultTokenFile?: string;
}

export function vaultFor(io: Io, { vaultTokenFile }: ClusterOptions): Vault | undefined {
  return vaultFromEnvironment({ env: io.env, readFile: textOf, tokenFile: vaultTokenFile });
}

/** Where nobody has given a token for it, the cluster is not asked: only `validate` is there for nothing else. */
export async function tierIssuesIfKnown(
  ...[io, users, spec, vault]: Parameters<typeof tierIssues>
): Promise<TierIssue[]> {
  const isForeclosed = spec.clusterTiers?.vault !== undefined && vault === undefined;
  return isForeclosed ? [] : tierIssues(io, users, spec, vault);
}

/** How the declared tiers compare with the cluster's. Whatever cannot be asked is said, and compared with nothing. */
export async function tierIssues(
  io: Io,
  users: readonly WorkstationUser[],
  { clusterTiers }: WorkstationSpec,
  vault: Vault | undefined,
): Promise<TierIssue[]> {
  if (clusterTiers === undefined) return [];
  const read = await readClusterTiers(clusterTiers, {
    vault,
    kubeconfig: io.env.KUBECONFIG ?? (io.env.HOME === undefined ? undefined : `${io.env.HOME}/.kube/config`),
    readFile: (path) => readFileSync(path, 'utf8'),
  });
  if (read.kind === 'unreadable') {
    io.err(`warning: ${read.message}\n`);
    return [];
  }
  for (const problem of read.problems) io.err(`warning: ${problem}\n`);
  return compareTiers(
    users.map((user) => ({ osUser: osUserOf(user), spec: user.spec })),
    read.tiers,
  );
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
