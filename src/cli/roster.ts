/** `roster export|import`: roster.yaml from manifests and back. */
import { stringify } from 'yaml';
import { exportRoster as rosterText } from '../api/roster.ts';
import type { WorkstationUser } from '../api/user.ts';
import { loadInput } from '../source/files/load.ts';
import type { Io } from './io.ts';
import { hasTrouble } from './trouble.ts';

interface FileOptions {
  readonly filename: readonly string[];
}

export async function exportRoster(io: Io, { filename }: FileOptions): Promise<number> {
  const users = await usersOf(io, filename);
  if (users === undefined) return 1;
  io.out(rosterText(users));
  return 0;
}

export async function importRoster(
  io: Io,
  options: FileOptions & { readonly workstationName?: string; readonly output: 'yaml' | 'json' },
): Promise<number> {
  const users = await usersOf(io, options.filename);
  if (users === undefined) return 1;
  const { workstationName } = options;
  const placed =
    workstationName === undefined
      ? users
      : users.map((user) => ({ ...user, spec: { ...user.spec, workstation: workstationName } }));
  io.out(
    options.output === 'json' ? listJson(placed) : placed.map((user) => `---\n${stringify(user)}`).join(''),
  );
  return 0;
}

async function usersOf(io: Io, paths: readonly string[]): Promise<WorkstationUser[] | undefined> {
  const input = await loadInput(paths);
  return hasTrouble(io, input) ? undefined : input.users.map(({ object }) => object);
}

function listJson(items: readonly WorkstationUser[]): string {
  return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2)}\n`;
}
