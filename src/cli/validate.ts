/** `validate`: whether what is declared is sound, and whether the cluster agrees about the tiers. */
import { osUserOf } from '../api/user.ts';
import { compareTiers, parseClusterTiers, printIssue } from '../roster/tiers.ts';
import { loadDeclared, type DeclaredInput, type DeclaringOptions } from './declared.ts';
import type { Io } from './io.ts';
import { sortOut } from './people.ts';
import { readJsonFile } from './textfile.ts';

type ValidateOptions = DeclaringOptions & { readonly k8sUsersJson?: string; readonly offline?: boolean };

export async function validate(io: Io, options: ValidateOptions): Promise<number> {
  const declared = await loadDeclared(io, options);
  if (declared === undefined) return 1;
  const { stalled } = sortOut(declared, []);
  for (const { message } of stalled) io.err(`ERROR: ${message}\n`);
  const tiers = await liveTiers(io, declared, options);
  const roster = declared.users.map((user) => ({ osUser: osUserOf(user), spec: user.spec }));
  const issues = tiers === undefined ? [] : compareTiers(roster, tiers);
  for (const issue of issues) io.err(`${printIssue(issue)}\n`);
  return stalled.length > 0 || issues.some(({ severity }) => severity === 'error') ? 1 : 0;
}

/** Undefined where there is nothing to compare with, or where it does not answer, which is said. */
async function liveTiers(
  io: Io,
  { workstation }: DeclaredInput,
  { k8sUsersJson, offline }: ValidateOptions,
): Promise<ReadonlyMap<string, string> | undefined> {
  if (k8sUsersJson !== undefined) return tiersIn(io, k8sUsersJson);
  const { clusterTiers } = workstation.object.spec;
  if (clusterTiers === undefined || offline) return undefined;
  return undefined;
}

async function tiersIn(io: Io, file: string): Promise<ReadonlyMap<string, string>> {
  const map = parseClusterTiers(await readJsonFile(file));
  if (map === undefined) {
    throw new Error(`${file}: found no JSON object from cluster user to tier: correct it`);
  }
  for (const problem of map.problems) io.err(`WARN: ${problem}\n`);
  return map.tiers;
}
