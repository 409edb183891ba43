/** `roster export|import`: roster.yaml from manifests and back. */
import { stringify } from 'yaml';
import { exportRoster as rosterText } from '../api/roster.ts';
import { WorkstationUser } from '../api/user.ts';
import { USERS, type AnyObject } from '../source/cluster/resources.ts';
import { loadInput } from '../source/files/load.ts';
import type { Io } from './io.ts';
import { asking } from './remote/cluster.ts';
import { isRemote, type RemoteOptions } from './remote/detect.ts';
import { hasTrouble } from './trouble.ts';

interface FileOptions {
  readonly filename: readonly string[];
}

/** Files that are named come first; a plugin without any means the cluster. */
export async function exportRoster(
  io: Io,
  { filename, ...options }: { readonly filename?: readonly string[] } & RemoteOptions,
): Promise<number> {
  const fromCluster = filename === undefined && isRemote(io, options);
  const users = fromCluster ? await clusterUsers(io, options) : await usersOf(io, filename ?? ['-']);
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

/** As the API server has checked them. */
function clusterUsers(io: Io, options: RemoteOptions): Promise<WorkstationUser[]> {
  return asking(io, options, async ({ api }) => {
    const users = await api.list<AnyObject>(USERS);
    return users.map((user) => {
      const { data, error } = WorkstationUser.safeParse(user);
      if (data !== undefined) return data;
      const found = error.issues.map(({ message }) => message).join('; ');
      throw new Error(
        `export the WorkstationUser ${user.metadata.name}: ${found}: this program is older than the object`,
      );
    });
  });
}

async function usersOf(io: Io, paths: readonly string[]): Promise<WorkstationUser[] | undefined> {
  const input = await loadInput(paths);
  return hasTrouble(io, input) ? undefined : input.users.map(({ object }) => object);
}

function listJson(items: readonly WorkstationUser[]): string {
  return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2)}\n`;
}
