/**
 * Which ports the environment files on a machine claim, for accounts that are declared and for those that are no
 * more: a port belongs to whoever has a file that says so, until that file is gone.
 */
import { expand, variablesOf } from '../api/template.ts';
import type { Service } from '../api/workstation/index.ts';
import { readVariable } from './envfile.ts';
import { byCodePoint } from './order.ts';
import { invalidPort, parsePort, type PortTrouble } from './ports.ts';

export interface EnvFile {
  readonly path: string;
  /** Absent where the file could not be read as text. */
  readonly text?: string;
}

export interface Claims {
  /** Port by account by service; every service is there. */
  readonly ports: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Files that say nothing clear; also those of accounts that are not declared. */
  readonly troubles: readonly PortTrouble[];
}

/** Whose file a path is. Services that share a template share the file. */
export interface EnvFileOwner {
  readonly osUser: string;
  readonly services: readonly Service[];
}

/** Files that no template matches are ignored, and so are variables of one service in the file of another. */
export function claimsOf(services: readonly Service[], files: readonly EnvFile[]): Claims {
  const ownerOf = ownersOf(services);
  const ports = new Map(services.map(({ name }) => [name, new Map<string, number>()]));
  const troubles: PortTrouble[] = [];
  for (const file of files) {
    const owner = ownerOf(file.path);
    for (const service of owner?.services ?? []) {
      const osUser = owner?.osUser ?? '';
      const claim = claimIn(file, service, osUser);
      if (typeof claim === 'number') ports.get(service.name)?.set(osUser, claim);
      else if (claim !== undefined) troubles.push(claim);
    }
  }
  return { ports, troubles };
}

/**
 * Tells whose file a path is. Where several templates match, it is that of the shortest account, of equally long ones
 * the first in order: the same that `catalog` leaves the file to.
 */
export function ownersOf(services: readonly Service[]): OwnerOf {
  const ownerOf = owners.get(services) ?? ownerFrom(services);
  owners.set(services, ownerOf);
  return ownerOf;
}

type OwnerOf = (path: string) => EnvFileOwner | undefined;

/** Asked for at every look at every person. */
const owners = new WeakMap<readonly Service[], OwnerOf>();

function ownerFrom(services: readonly Service[]): OwnerOf {
  const templates = [...Map.groupBy(services, ({ envFile }) => envFile)].map(
    ([envFile, sharers]) => [patternOf(envFile), sharers] as const,
  );
  return (path) =>
    templates
      .flatMap(([pattern, sharers]) => {
        const osUser = pattern.exec(path)?.groups?.['user'];
        return osUser === undefined ? [] : [{ osUser, services: sharers }];
      })
      .sort((a, b) => a.osUser.length - b.osUser.length || byCodePoint(a.osUser, b.osUser))[0];
}

/** The directories whose listings hold every claim. */
export function envFileDirectories(services: readonly Service[]): string[] {
  return [...new Set(services.map(({ envFile }) => envFile.slice(0, envFile.lastIndexOf('/'))))];
}

/** The variable that carries the port: the one whose value is nothing else. */
export function portVariable({ name, env }: Service): string | undefined {
  return Object.keys(env).find((variable) => env[variable] === `\${port.${name}}`);
}

function claimIn(
  { path, text }: EnvFile,
  service: Service,
  osUser: string,
): number | PortTrouble | undefined {
  const variable = portVariable(service);
  if (variable === undefined) return undefined;
  if (text === undefined)
    return unreadable(osUser, service, `${path} cannot be read as text: correct it, or run as root`);
  const reading = readVariable(text, variable);
  if (reading.kind === 'absent') return undefined;
  if (reading.kind === 'ambiguous') {
    return unreadable(osUser, service, `${path} cannot be read for certain: ${reading.doubt}`);
  }
  const found = `${variable}=${JSON.stringify(reading.value.slice(0, 20))} in ${path}`;
  return parsePort(reading.value) ?? invalidPort(osUser, service.name, found);
}

function unreadable(osUser: string, service: Service, found: string): PortTrouble {
  const message = `keep the port of ${service.name} for ${osUser}: ${found}`;
  return { osUser, service: service.name, reason: 'EnvFileUnreadable', message };
}

/** A pattern for the paths that a template expands to. Variables other than the user match any name. */
function patternOf(envFile: string): RegExp {
  let source = '';
  let from = 0;
  for (const { name, index } of variablesOf(envFile)) {
    const repeated = source.includes('(?<user>') ? '\\k<user>' : '(?<user>[a-z_][a-z0-9_-]{0,31})';
    source += literally(envFile.slice(from, index)) + (name === 'user' ? repeated : '[^/]+');
    from = index + '${}'.length + name.length;
  }
  return new RegExp(`^${source}${literally(envFile.slice(from))}$`);
}

function literally(text: string): string {
  return expand(text, {}).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
