/**
 * The ports of everybody on a machine, over all services together: they share one machine, so a port that one service
 * has is no other's. Services are served in the order declared.
 */
import { selects, type Service } from '../api/workstation/index.ts';
import { claimsOf, type Claims, type EnvFile } from './claims.ts';
import type { RosterMember } from './member.ts';
import { allocatePorts, conflict, type PortNote, type PortTrouble } from './ports.ts';

export interface AssignmentRequest {
  /** People whose environment files are their own, as `catalog` makes sure. */
  readonly roster: readonly RosterMember[];
  readonly services: readonly Service[];
  /** The environment files found; those of departed people too, whose ports are held. */
  readonly files: readonly EnvFile[];
  /** Ports that something listens on or that are held in another way; asked for when there is a newcomer. */
  readonly occupied: () => ReadonlySet<number>;
}

export interface Assignment {
  /** Port by account by service. */
  readonly ports: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Whoever is in trouble over a service has no port of it. */
  readonly troubles: readonly PortTrouble[];
  readonly notes: readonly PortNote[];
}

export function assignPorts({ roster, services, files, occupied }: AssignmentRequest): Assignment {
  const claims = claimsOf(services, files);
  const refusalOf = refusals(claims);
  const ports = new Map<string, ReadonlyMap<string, number>>();
  const holders = new Map<number, string>();
  const troubles: PortTrouble[] = [];
  const notes: PortNote[] = [];
  for (const service of services) {
    const users = roster.filter(({ spec }) => selects(service, spec.tier)).map(({ osUser }) => osUser);
    const refused = users.flatMap((osUser) => refusalOf(osUser, service.name, holders) ?? []);
    const refusedUsers = new Set(refused.map(({ osUser }) => osUser));
    const served = users.filter((osUser) => !refusedUsers.has(osUser));
    const kept = claims.ports.get(service.name) ?? new Map<string, number>();
    const hasNewcomers = served.some((osUser) => !kept.has(osUser));
    const allocation = allocatePorts({
      service: service.name,
      users: served,
      range: service.port,
      kept,
      reserved: new Set(
        hasNewcomers ? [...occupied(), ...holders.keys(), ...claimedElsewhere(service, claims)] : [],
      ),
    });
    ports.set(service.name, allocation.ports);
    for (const [osUser, port] of allocation.ports) holders.set(port, `${service.name} of ${osUser}`);
    troubles.push(...refused, ...allocation.troubles);
    notes.push(...allocation.notes);
  }
  return { ports, troubles, notes: [...notes, ...notesOnUndeclared(roster, claims)] };
}

/** Tells why a user can have no port of a service, whatever ports are free. `holders` have had theirs before. */
function refusals({ ports, troubles }: Claims) {
  const unclear = new Map(troubles.map((trouble) => [`${trouble.service} ${trouble.osUser}`, trouble]));
  return (osUser: string, service: string, holders: ReadonlyMap<number, string>): PortTrouble | undefined => {
    const port = ports.get(service)?.get(osUser);
    const holder = port === undefined ? undefined : holders.get(port);
    return port !== undefined && holder !== undefined
      ? conflict(osUser, service, port, holder)
      : unclear.get(`${service} ${osUser}`);
  };
}

function* claimedElsewhere(service: Service, { ports }: Claims): Iterable<number> {
  for (const [name, ofService] of ports) if (name !== service.name) yield* ofService.values();
}

/** What cannot be read in the file of a departed account cannot be held for it either. */
function notesOnUndeclared(roster: readonly RosterMember[], claims: Claims): PortNote[] {
  const declared = new Set(roster.map(({ osUser }) => osUser));
  return claims.troubles.filter(({ osUser }) => !declared.has(osUser));
}
