/**
 * Ports of one service. Whoever was given a port keeps it; a newcomer gets the lowest free one. No port is given out
 * that anybody else keeps or that is reserved, and what is in doubt is refused, never quietly changed.
 */
import { sortedSet } from './order.ts';

export const LAST_PORT = 65535;

/** Both ends belong to it. Only newcomers are bound by it: a range that moves evicts nobody. */
export interface PortRange {
  readonly base: number;
  readonly last: number;
}

export interface PortRequest {
  readonly service: string;
  /** The Linux accounts that are to have a port, in any order. */
  readonly users: Iterable<string>;
  readonly range: PortRange;
  /** The port that each account was given before, departed ones included. */
  readonly kept: ReadonlyMap<string, number>;
  /** What no newcomer may get, whoever holds it. It takes nothing from those who keep a port. */
  readonly reserved: ReadonlySet<number>;
}

/** Why an account has no port of a service. */
export interface PortTrouble {
  readonly osUser: string;
  readonly service: string;
  /** CamelCase, as a condition's reason. */
  readonly reason: 'InvalidPort' | 'PortConflict' | 'PortsExhausted' | 'EnvFileUnreadable';
  readonly message: string;
}

/** Something to know about the port of an account that has one. */
export interface PortNote {
  readonly osUser: string;
  readonly service: string;
  readonly message: string;
}

/** Every user of the request is either in `ports` or in `troubles`. */
export interface PortAllocation {
  /** By account, in code-point order. */
  readonly ports: ReadonlyMap<string, number>;
  readonly troubles: readonly PortTrouble[];
  readonly notes: readonly PortNote[];
}

export function isPort(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= LAST_PORT;
}

/** A port in decimal, without sign or leading zeros. */
export function parsePort(text: string): number | undefined {
  return /^[1-9][0-9]{0,4}$/.test(text) && isPort(Number(text)) ? Number(text) : undefined;
}

/**
 * Newcomers are served in code-point order of their accounts. Of two accounts that keep one port, the first in that
 * order has it: neither the order of a roster nor a restart can then turn the outcome around.
 */
export function allocatePorts(request: PortRequest): PortAllocation {
  const users = sortedSet(request.users);
  const kept = keepPorts(request, users);
  const newcomers = users.filter((user) => !request.kept.has(user));
  const given = givePorts(request, newcomers);
  const ports = new Map([...kept.ports, ...given.ports]);
  return {
    ports: new Map(users.flatMap((user) => entryOf(ports, user))),
    troubles: [...kept.troubles, ...given.troubles],
    notes: notesOnDeparted(request, users, kept.ports),
  };
}

interface Share {
  readonly ports: ReadonlyMap<string, number>;
  readonly troubles: readonly PortTrouble[];
}

function keepPorts({ service, kept }: PortRequest, users: readonly string[]): Share {
  const holders = new Map<number, string>();
  const troubles: PortTrouble[] = [];
  for (const osUser of users) {
    const port = kept.get(osUser);
    if (port === undefined) continue;
    const holder = holders.get(port);
    if (!isPort(port)) troubles.push(invalidPort(osUser, service, String(port)));
    else if (holder === undefined) holders.set(port, osUser);
    else troubles.push(conflict(osUser, service, port, holder));
  }
  return { ports: new Map([...holders].map(([port, osUser]) => [osUser, port])), troubles };
}

function givePorts(request: PortRequest, newcomers: readonly string[]): Share {
  const { service, range, kept, reserved } = request;
  const taken = new Set([...reserved, ...kept.values()]);
  const ports = new Map<string, number>();
  const troubles: PortTrouble[] = [];
  let port = range.base;
  for (const osUser of newcomers) {
    while (taken.has(port)) port += 1;
    if (port > range.last) {
      troubles.push(exhausted(osUser, service, range));
    } else {
      ports.set(osUser, port);
      port += 1;
    }
  }
  return { ports, troubles };
}

/** A departed account's claim takes no port away from anybody, but what it left may still answer there. */
function notesOnDeparted(
  { service, kept }: PortRequest,
  users: readonly string[],
  ports: ReadonlyMap<string, number>,
): PortNote[] {
  const declared = new Set(users);
  const departed = new Map(
    [...kept].filter(([user]) => !declared.has(user)).map(([user, port]) => [port, user]),
  );
  return [...ports].flatMap(([osUser, port]) => {
    const other = departed.get(port);
    const message = `keep port ${port} of ${service} for ${osUser}: ${other}, who has no ${service} here any more, was given it too: see that nothing of ${other} answers there`;
    return other === undefined ? [] : [{ osUser, service, message }];
  });
}

export function invalidPort(osUser: string, service: string, found: string): PortTrouble {
  const message = `keep the port of ${service} for ${osUser}: found ${found}: give an integer from 1 to ${LAST_PORT}`;
  return { osUser, service, reason: 'InvalidPort', message };
}

export function conflict(osUser: string, service: string, port: number, holder: string): PortTrouble {
  const message = `keep port ${port} of ${service} for ${osUser}: ${holder} keeps the same one: give one of the two another port`;
  return { osUser, service, reason: 'PortConflict', message };
}

function exhausted(osUser: string, service: string, { base, last }: PortRange): PortTrouble {
  const message = `give ${osUser} a port of ${service}: none from ${base} to ${last} is free: raise last or free ports of departed people`;
  return { osUser, service, reason: 'PortsExhausted', message };
}

function entryOf(ports: ReadonlyMap<string, number>, user: string): [string, number][] {
  const port = ports.get(user);
  return port === undefined ? [] : [[user, port]];
}
