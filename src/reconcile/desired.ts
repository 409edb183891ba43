/** From what is declared, and the ports that the machine holds already, to the people a pass is about. */
import { osUserOf, type WorkstationUser } from '../api/user.ts';
import type { Service, WorkstationSpec } from '../api/workstation/index.ts';
import type { Machine } from '../host/machine.ts';
import { assignPorts, type Assignment } from '../roster/assign.ts';
import { expand } from '../api/template.ts';
import type { State } from '../report/record.ts';
import { claimsOf, envFileDirectories, portVariable, type EnvFile } from '../roster/claims.ts';
import { accountsIn, mapEntries, publishedText } from '../roster/maps.ts';
import type { RosterMember } from '../roster/member.ts';
import type { PortTrouble } from '../roster/ports.ts';
import { byCodePoint } from '../roster/order.ts';
import { at, refused, waiting } from '../sections/common.ts';
import { inTheWay } from '../sections/existing.ts';
import type { Entry } from '../sections/facts.ts';
import type { Person, Trouble } from '../sections/section.ts';

export interface Desired {
  /** In the order of their accounts, so that who is new gets a uid that does not depend on the order of a file. */
  readonly people: readonly Person[];
  /** The text of each published map, by its name. */
  readonly maps: ReadonlyMap<string, string>;
  /** Why the maps must stay as they are: they name somebody who is declared and whose port is in doubt. */
  readonly keepMaps?: string;
  readonly notes: readonly string[];
}

/** What a program that goes on knows beside the machine. */
export interface Knowledge {
  /** Files that are about to be written: what they promise is given to nobody else. Those that exist count instead. */
  readonly promised?: readonly EnvFile[];
  /** What earlier passes gave to people whose files are lost since: still theirs, unless somebody's file claims it. */
  readonly remembered?: readonly EnvFile[];
  /** Whether the account has been made ready, so that the maps may name it. Default: everybody's. */
  readonly isThere?: (osUser: string) => boolean;
}

export function resolve(
  machine: Machine,
  users: readonly WorkstationUser[],
  policy: WorkstationSpec,
  { promised = [], remembered = [], isThere = () => true }: Knowledge = {},
): Desired {
  const roster = users.map((user) => ({ osUser: osUserOf(user), spec: user.spec }));
  const { services } = policy;
  const claiming = joinedFiles(envFiles(machine, policy), promised);
  const assignment = assignPorts({
    roster,
    services,
    files: joinedFiles(claiming, unclaimed(services, remembered, claiming)),
    remembered: joinedFiles(promised, remembered),
    occupied: () => machine.listening(),
  });
  const published = roster.filter(({ osUser, spec }) => !spec.suspended && isThere(osUser));
  return {
    people: users
      .map((user) => personOf(machine, user, policy, assignment))
      .sort((a, b) => byCodePoint(a.osUser, b.osUser)),
    maps: new Map(
      policy.machine.maps.map((map) => [
        map.name,
        publishedText(map, mapEntries(published, assignment.ports.get(map.service) ?? new Map())),
      ]),
    ),
    ...keepMaps(machine, policy, published, assignment),
    notes: assignment.notes.map(({ message }) => message),
  };
}

/** The environment files of whoever has left, as far as they gave out ports, whether they are there or not. */
export function reservedBy(departed: State['cuts'], policy: WorkstationSpec): EnvFile[] {
  return Object.values(departed).flatMap(({ osUser, ports }) => promises(osUser, ports ?? {}, policy));
}

/** The environment files of people as they stood last, as far as they gave out ports, whether they are there or not. */
export function givenTo(users: State['users'], policy: WorkstationSpec): EnvFile[] {
  return Object.values(users).flatMap(({ status }) => promises(status.osUser, status.ports, policy));
}

/** A person's environment files as far as they give out ports, as if they were written. */
export function promises(
  osUser: string,
  ports: Readonly<Record<string, number>>,
  { services }: WorkstationSpec,
): EnvFile[] {
  const lines = new Map<string, string>();
  for (const service of services) {
    const variable = portVariable(service);
    const port = ports[service.name];
    if (variable === undefined || port === undefined) continue;
    const path = expand(service.envFile, { user: osUser });
    lines.set(path, `${lines.get(path) ?? ''}${variable}=${port}\n`);
  }
  return [...lines].map(([path, text]) => ({ path, text }));
}

/** Those files that claim no port which one of the others claims. */
function unclaimed(
  services: readonly Service[],
  files: readonly EnvFile[],
  others: readonly EnvFile[],
): EnvFile[] {
  if (files.length === 0) return [];
  const taken = new Set(portsIn(services, others));
  return files.filter((file) => !portsIn(services, [file]).some((port) => taken.has(port)));
}

function portsIn(services: readonly Service[], files: readonly EnvFile[]): number[] {
  return [...claimsOf(services, files).ports.values()].flatMap((byUser) => [...byUser.values()]);
}

function joinedFiles(found: readonly EnvFile[], promised: readonly EnvFile[]): EnvFile[] {
  const paths = new Set(found.map(({ path }) => path));
  return [...found, ...promised.filter(({ path }) => !paths.has(path))];
}

/** Whoever is declared must not lose their place over a file that cannot be read just now. */
function keepMaps(
  machine: Machine,
  policy: WorkstationSpec,
  published: readonly RosterMember[],
  assignment: Assignment,
): Pick<Desired, 'keepMaps'> {
  const entries = machine.lookAtSystem(policy.machine.maps.map(({ path }) => ({ path, read: 'text' })));
  const dropped = policy.machine.maps.flatMap((map) => {
    const entry = at(entries, map.path);
    const named = entry.kind === 'file' ? accountsIn(map, entry.text ?? '') : new Set<string>();
    const ports = assignment.ports.get(map.service);
    return published.map(({ osUser }) => osUser).filter((osUser) => named.has(osUser) && !ports?.has(osUser));
  });
  if (dropped.length === 0) return {};
  const names = [...new Set(dropped)].join(', ');
  return { keepMaps: `they name ${names}, whose port is in doubt: see ServicesReady of each` };
}

/** Every file in the directories of environment files, whoever it belongs to. */
export function envFiles(machine: Machine, policy: WorkstationSpec): EnvFile[] {
  const paths = envFilePaths(machine, policy);
  const entries = machine.lookAtSystem(paths.map((path) => ({ path, read: 'text' })));
  return paths.map((path) => {
    const entry = entries.get(path);
    return entry?.kind === 'file' && entry.text !== undefined ? { path, text: entry.text } : { path };
  });
}

/** The paths of the same; nothing is read of the files. */
export function envFilePaths(machine: Machine, { services }: WorkstationSpec): string[] {
  const directories = envFileDirectories(services);
  const listings = machine.lookAtSystem(directories.map((path) => ({ path, read: 'list' })));
  return directories.flatMap((directory) => namesIn(directory, at(listings, directory)));
}

/** Ports that cannot be seen are not free: taking the directory for an empty one would give them to others. */
function namesIn(directory: string, found: Entry): string[] {
  if (found.kind === 'absent') return [];
  if (found.kind === 'directory') return (found.names ?? []).map((name) => `${directory}/${name}`);
  throw new Error(inTheWay('read the ports that are given out', directory, found).message);
}

/** The same object as before while it would say the same: what is worked out for a person is kept with it. */
function personOf(
  machine: Machine,
  user: WorkstationUser,
  policy: WorkstationSpec,
  assignment: Assignment,
): Person {
  const person = workedOut(machine, user, policy, assignment);
  const before = known.get(user);
  if (before !== undefined && saysTheSame(before, person)) return before;
  known.set(user, person);
  return person;
}

const known = new WeakMap<WorkstationUser, Person>();

function workedOut(
  machine: Machine,
  user: WorkstationUser,
  policy: WorkstationSpec,
  assignment: Assignment,
): Person {
  const osUser = osUserOf(user);
  const heldPorts = portsFor(osUser, assignment.held);
  return {
    name: user.metadata.name,
    osUser,
    spec: user.spec,
    home: machine.account(osUser)?.home ?? `${policy.accounts.homeBase}/${osUser}`,
    ports: portsFor(osUser, assignment.ports),
    ...(Object.keys(heldPorts).length > 0 ? { heldPorts } : {}),
    portTroubles: assignment.troubles.filter((trouble) => trouble.osUser === osUser).map(troubleOf),
    policy,
  };
}

/** By service. */
function portsFor(osUser: string, assigned: Assignment['ports']): Record<string, number> {
  return Object.fromEntries(
    [...assigned].flatMap(([service, byUser]) => {
      const port = byUser.get(osUser);
      return port === undefined ? [] : [[service, port]];
    }),
  );
}

/** A file that cannot be read now may be readable later, with nothing to be seen of it. */
function troubleOf({ reason, message }: PortTrouble): Trouble {
  return (reason === 'EnvFileUnreadable' ? waiting : refused)(reason, message);
}

/** What is declared is never changed in place: it is the same where it is the same object. */
function saysTheSame(one: Person, other: Person): boolean {
  const rest = (person: Person): string => JSON.stringify({ ...person, spec: undefined, policy: undefined });
  return one.spec === other.spec && one.policy === other.policy && rest(one) === rest(other);
}
