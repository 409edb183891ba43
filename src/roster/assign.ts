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
  /** What is remembered of files. Where one of those found says nothing clear, it tells which port that one holds. */
  readonly remembered?: readonly EnvFile[];
  /** Ports that something listens on or that are held in another way; asked for when there is a newcomer. */
  readonly occupied: () => ReadonlySet<number>;
}

export interface Assignment {
  /** Port by account by service. */
  readonly ports: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** As `ports`: what files that say nothing clear are remembered to hold. */
  readonly held: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Whoever is in trouble over a service has no port of it. */
  readonly troubles: readonly PortTrouble[];
  readonly notes: readonly PortNote[];
}

export function assignPorts(request: AssignmentRequest): Assignment {
  const { roster, services, files, remembered = [], occupied } = request;
  const claims = claimsOf(services, files);
  const refusalOf = refusals(claims);
  const doubts = doubtsIn(claims, claimsOf(services, claims.troubles.length > 0 ? remembered : []));
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
    const newcomers = served.filter((osUser) => !kept.has(osUser));
    const waiting = newcomers.flatMap((osUser) => waitsFor(doubts.open, osUser, service.name) ?? []);
    const allocation = allocatePorts({
      service: service.name,
      users: waiting.length === 0 ? served : served.filter((osUser) => kept.has(osUser)),
      range: service.port,
      kept,
      reserved: new Set(
        newcomers.length > 0
          ? [...occupied(), ...holders.keys(), ...claimedElsewhere(service, claims), ...heldIn(doubts)]
          : [],
      ),
    });
    ports.set(service.name, allocation.ports);
    for (const [osUser, port] of allocation.ports) holders.set(port, `${service.name} of ${osUser}`);
    troubles.push(...refused, ...waiting, ...allocation.troubles);
    notes.push(...allocation.notes);
  }
  return { ports, held: doubts.held, troubles, notes: [...notes, ...notesOnUndeclared(roster, claims)] };
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

interface Doubts {
  /** Port by account by service. */
  readonly held: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Files that may hold any port. */
  readonly open: readonly PortTrouble[];
}

/** Of the files that say nothing clear, those of which it is remembered what they hold, and those that may hold anything. */
function doubtsIn({ troubles }: Claims, remembered: Claims): Doubts {
  const held = new Map<string, Map<string, number>>();
  const open: PortTrouble[] = [];
  for (const trouble of troubles) {
    const { osUser, service, reason } = trouble;
    const port = remembered.ports.get(service)?.get(osUser);
    if (port !== undefined) held.set(service, (held.get(service) ?? new Map()).set(osUser, port));
    else if (reason === 'EnvFileUnreadable') open.push(trouble);
  }
  return { held, open };
}

function heldIn({ held }: Doubts): number[] {
  return [...held.values()].flatMap((byUser) => [...byUser.values()]);
}

/** A port given out now could be the one that a file holds which cannot be read. */
function waitsFor([first]: readonly PortTrouble[], osUser: string, service: string): PortTrouble | undefined {
  if (first === undefined) return undefined;
  const message = `give ${osUser} a port of ${service}: which one ${first.osUser} has is not known: ${first.message}`;
  return { osUser, service, reason: 'EnvFileUnreadable', message };
}

function* claimedElsewhere(service: Service, { ports }: Claims): Iterable<number> {
  for (const [name, ofService] of ports) if (name !== service.name) yield* ofService.values();
}

/** What cannot be read in the file of a departed account cannot be held for it either. */
function notesOnUndeclared(roster: readonly RosterMember[], claims: Claims): PortNote[] {
  const declared = new Set(roster.map(({ osUser }) => osUser));
  return claims.troubles.filter(({ osUser }) => !declared.has(osUser));
}
