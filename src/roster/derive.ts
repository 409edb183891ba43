/**
 * What `derive` prints: everything that follows from a roster and the ports given before, as one JSON document.
 * The format and the way ports are given out are those of the program that came before, byte for byte, because scripts
 * read them. So ports that two people share are kept, with a warning, and departed people's are not held.
 */
import { selects, type Service, type WorkstationSpec } from '../api/workstation/index.ts';
import { groupsOf } from './accounts.ts';
import type { RosterMember } from './member.ts';
import { printIndented, type Json } from './json.ts';
import { dispatchOf, mapEntries, printLines, type PublishedMap } from './maps.ts';
import { allocatePorts, invalidPort, isPort } from './ports.ts';

export interface DeriveRequest {
  readonly roster: readonly RosterMember[];
  readonly workstation: Pick<WorkstationSpec, 'accounts' | 'services' | 'machine'>;
  /** By service: the ports given before, by account, as read and unchecked. People not in the roster are ignored. */
  readonly existing: ReadonlyMap<string, ReadonlyMap<string, unknown>>;
}

export type Derived =
  | { readonly kind: 'derived'; readonly json: string; readonly warnings: readonly string[] }
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

export function derive({ roster, workstation, existing }: DeriveRequest): Derived {
  const { services, machine } = workstation;
  const outcomes = services.map((service) =>
    derivePorts(roster, service, existing.get(service.name) ?? new Map()),
  );
  const ports = new Map(
    services.map(({ name }, index) => [name, outcomes[index]?.ports ?? new Map<string, number>()]),
  );
  const members: (readonly [string, Json])[] = [
    ['accounts', accountsOf(roster, workstation)],
    ...services.map(({ name }, index) => [portsKey(name, index), ports.get(name) ?? new Map()] as const),
    ...machine.maps.map((map) => [map.name, valueOf(map, roster, ports)] as const),
  ];
  const problems = [
    ...outcomes.flatMap((outcome) => outcome.problems),
    ...repeatedKeys(members),
    ...unknownServices(workstation),
  ];
  if (problems.length > 0) return { kind: 'refused', problems };
  const warnings = outcomes.flatMap((outcome) => outcome.warnings);
  return { kind: 'derived', json: `${printIndented(new Map(members))}\n`, warnings };
}

interface PortOutcome {
  readonly ports: ReadonlyMap<string, number>;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

function derivePorts(
  roster: readonly RosterMember[],
  service: Service,
  existing: ReadonlyMap<string, unknown>,
): PortOutcome {
  const users = roster.filter(({ spec }) => selects(service, spec.tier)).map(({ osUser }) => osUser);
  const kept = new Map<string, number>();
  const problems: string[] = [];
  for (const osUser of users.filter((user) => existing.has(user))) {
    const port = existing.get(osUser);
    if (isPort(port)) kept.set(osUser, port);
    else problems.push(invalidPort(osUser, service.name, JSON.stringify(port)).message);
  }
  const given = allocatePorts({
    service: service.name,
    users: users.filter((user) => !existing.has(user)),
    range: service.port,
    kept: new Map(),
    reserved: new Set(kept.values()),
  });
  return {
    ports: new Map([...kept, ...given.ports]),
    problems: [...problems, ...given.troubles.map(({ message }) => message)],
    warnings: sharedPorts(service, kept),
  };
}

function sharedPorts({ name }: Service, kept: ReadonlyMap<string, number>): string[] {
  const holders = Map.groupBy(kept, ([, port]) => port);
  return [...holders].flatMap(([port, entries]) => {
    const users = entries.map(([osUser]) => osUser);
    return users.length < 2
      ? []
      : [`${users.join(' and ')} share port ${port} of ${name}: give all but one another`];
  });
}

function accountsOf(roster: readonly RosterMember[], workstation: DeriveRequest['workstation']): Json {
  return new Map(roster.map((member) => [member.osUser, accountOf(member, workstation)]));
}

function accountOf(member: RosterMember, workstation: DeriveRequest['workstation']): Json {
  const { osUser, spec } = member;
  return new Map<string, Json>([
    ['code_layout', spec.codeLayout],
    ['groups', groupsOf(member, workstation)],
    ['login_locked', true],
    ['os_user', osUser],
    ['repos', spec.repos ?? []],
    ['shell', workstation.accounts.shell],
    ['tier', spec.tier],
  ]);
}

/** The ports of the first service have the plain name, as from the days when there was only one. */
function portsKey(service: string, index: number): string {
  return index === 0 ? 'ports' : `${service.replaceAll('-', '_')}_ports`;
}

function valueOf(
  map: PublishedMap,
  roster: readonly RosterMember[],
  ports: ReadonlyMap<string, ReadonlyMap<string, number>>,
): Json {
  const entries = mapEntries(roster, ports.get(map.service) ?? new Map());
  return map.format === 'Lines' ? printLines(map.header, entries) : dispatchOf(entries);
}

function repeatedKeys(members: readonly (readonly [string, Json])[]): string[] {
  const keys = members.map(([key]) => key);
  return [...new Set(keys.filter((key, index) => keys.indexOf(key) !== index))].map(
    (key) => `derive: two members are called ${key}: give the map or the service another name`,
  );
}

function unknownServices({ services, machine }: DeriveRequest['workstation']): string[] {
  return machine.maps
    .filter((map) => !services.some(({ name }) => name === map.service))
    .map(
      (map) => `derive the map ${map.name}: there is no service ${map.service}: declare it or name another`,
    );
}
