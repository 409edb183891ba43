/**
 * All users of one workstation together. Two that claim one thing cannot both have it: the older one has it, and the
 * younger one is the one in trouble, so that nobody loses by what another declares later.
 */
import { AccountName } from './primitives.ts';
import { osUserOf, type WorkstationUser } from './user.ts';
import type { Workstation } from './workstation/index.ts';

export interface Stalled {
  readonly user: WorkstationUser;
  /** CamelCase, as a condition's reason. */
  readonly reason: 'AccountTaken' | 'IdentityTaken' | 'EnvFileTaken';
  /** What was attempted, what was found, what to do. */
  readonly message: string;
  /** The field of the spec to point at. */
  readonly field: 'osUser' | 'authentikUser';
}

export interface Catalog {
  /** Oldest first. */
  readonly accepted: readonly WorkstationUser[];
  readonly stalled: readonly Stalled[];
}

/**
 * Sorts out the users of a workstation: those that name another one are left out, those that name none count as its
 * own. Without a workstation all are compared that name the same one.
 */
export function catalog(users: readonly WorkstationUser[], workstation?: Workstation): Catalog {
  const own = users.filter(
    ({ spec }) =>
      workstation === undefined || !spec.workstation || spec.workstation === workstation.metadata.name,
  );
  const machineOf = ({ spec }: WorkstationUser) => workstation?.metadata.name ?? spec.workstation ?? '';
  const accounts = new Map<string, WorkstationUser>();
  const identities = new Map<string, WorkstationUser>();
  const accepted: WorkstationUser[] = [];
  const stalled: Stalled[] = [];
  for (const user of oldestFirst(own)) {
    const account = claim(accounts, [machineOf(user), osUserOf(user)], user);
    const identity = claim(identities, [machineOf(user), user.spec.authentikUser], user);
    const trouble =
      accountTaken(user, account) ?? identityTaken(user, identity) ?? envFileTaken(user, workstation);
    if (trouble === undefined) accepted.push(user);
    else stalled.push(trouble);
  }
  return { accepted, stalled };
}

/** The API server's order of creation; what comes from files has none, is younger, and stays in its order. */
function oldestFirst(users: readonly WorkstationUser[]): WorkstationUser[] {
  const created = ({ metadata }: WorkstationUser) => Date.parse(metadata.creationTimestamp ?? '') || Infinity;
  return [...users].sort((a, b) => {
    const [ofA, ofB] = [created(a), created(b)];
    if (ofA !== ofB) return ofA < ofB ? -1 : 1;
    if (ofA === Infinity || a.metadata.name === b.metadata.name) return 0;
    return a.metadata.name < b.metadata.name ? -1 : 1;
  });
}

/** Who holds the key: the first who claimed it, in trouble or not, so that mending one user never stalls another. */
function claim(
  holders: Map<string, WorkstationUser>,
  key: readonly string[],
  user: WorkstationUser,
): WorkstationUser {
  const joined = key.join('\0');
  const holder = holders.get(joined) ?? user;
  holders.set(joined, holder);
  return holder;
}

function accountTaken(user: WorkstationUser, holder: WorkstationUser): Stalled | undefined {
  if (holder === user) return undefined;
  const message = `serve ${user.metadata.name}: the account ${osUserOf(user)} belongs to the user ${holder.metadata.name}: choose another osUser`;
  return { user, reason: 'AccountTaken', field: 'osUser', message };
}

function identityTaken(user: WorkstationUser, holder: WorkstationUser): Stalled | undefined {
  if (holder === user) return undefined;
  const message = `serve ${user.metadata.name}: the authentikUser ${user.spec.authentikUser} belongs to the user ${holder.metadata.name}: one identity can lead to one account only`;
  return { user, reason: 'IdentityTaken', field: 'authentikUser', message };
}

/**
 * An environment file carries the port of one person: it must not be read as the file of another service for another
 * person, whether that person exists or not. Of two such accounts the longer one, which spells the other's file, goes.
 */
function envFileTaken(user: WorkstationUser, workstation: Workstation | undefined): Stalled | undefined {
  if (workstation === undefined) return undefined;
  const account = osUserOf(user);
  for (const { name, envFile } of workstation.spec.services) {
    const path = envFile.replace(USER, () => account);
    const owner = otherOwnerOf(path, name, account, workstation);
    if (owner === undefined) continue;
    const message = `serve ${user.metadata.name}: the environment file of ${name} for ${account}, ${path}, is ${owner} too: choose another osUser`;
    return { user, reason: 'EnvFileTaken', field: 'osUser', message };
  }
  return undefined;
}

const USER = '${user}';

function otherOwnerOf(
  path: string,
  service: string,
  account: string,
  { spec }: Workstation,
): string | undefined {
  const machine = [...spec.machine.files, ...spec.machine.maps].find((file) => file.path === path);
  if (machine !== undefined) return `the machine's ${machine.name}`;
  for (const other of spec.services) {
    const rival = accountIn(other.envFile, path);
    if (other.name === service || rival === undefined || isLonger(rival, account)) continue;
    return `that of ${other.name} for ${rival}`;
  }
  return undefined;
}

/** The account whose file at a template a path would be. */
function accountIn(template: string, path: string): string | undefined {
  const [before = '', after = ''] = template.split(USER);
  if (!path.startsWith(before) || !path.endsWith(after)) return undefined;
  const account = path.slice(before.length, path.length - after.length);
  return AccountName.safeParse(account).success ? account : undefined;
}

function isLonger(a: string, b: string): boolean {
  return a.length === b.length ? a > b : a.length > b.length;
}
