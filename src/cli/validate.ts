/** `validate`: whether what is declared is sound, and whether the cluster agrees about the tiers. */
import { osUserOf } from '../api/user.ts';
import { compareTiers, parseClusterTiers, printIssue, type TierIssue } from '../roster/tiers.ts';
import { tierIssues, vaultFor, type ClusterOptions } from './cluster.ts';
import { loadDeclared, type DeclaredInput, type DeclaringOptions } from './declared.ts';
import type { Io } from './io.ts';
import { sortOut } from './people.ts';
import { readJsonFile } from './textfile.ts';

type ValidateOptions = DeclaringOptions &
  ClusterOptions & { readonly k8sUsersJson?: string; readonly offline?: boolean };

export async function validate(io: Io, options: ValidateOptions): Promise<number> {
  const declared = await loadDeclared(io, options);
  if (declared === undefined) return 1;
  const { stalled } = sortOut(declared, []);
  for (const { message } of stalled) io.err(`ERROR: ${message}\n`);
  const issues = await issuesOf(io, declared, options);
  for (const issue of issues) io.err(`${printIssue(issue)}\n`);
  return stalled.length > 0 || issues.some(({ severity }) => severity === 'error') ? 1 : 0;
}

async function issuesOf(
  io: Io,
  { users, workstation }: DeclaredInput,
  options: ValidateOptions,
): Promise<TierIssue[]> {
  const { k8sUsersJson, offline } = options;
  const roster = users.map((user) => ({ osUser: osUserOf(user), spec: user.spec }));
  if (k8sUsersJson !== undefined) return compareTiers(roster, await tiersIn(io, k8sUsersJson));
  return offline ? [] : tierIssues(io, users, workstation.object.spec, vaultFor(io, options));
}

async function tiersIn(io: Io, file: string): Promise<ReadonlyMap<string, string>> {
  const map = parseClusterTiers(await readJsonFile(file));
  if (map === undefined) {
    throw new Error(`${file}: found no JSON object from cluster user to tier: correct it`);
  }
  for (const problem of map.problems) io.err(`WARN: ${problem}\n`);
  return map.tiers;
}
