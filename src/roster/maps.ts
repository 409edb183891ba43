/**
 * The published maps: which identity is which account on which port, for the programs that route people. Printing and
 * parsing stand side by side, so that what an earlier program published can be taken over.
 */
import { isMapping, parseJson } from '../api/text/json.ts';
import type { Machine } from '../api/workstation/index.ts';
import type { RosterMember } from './member.ts';
import { printCompact, type Json } from './json.ts';

export type PublishedMap = Machine['maps'][number];

export interface MapEntry {
  readonly authentikUser: string;
  readonly osUser: string;
  readonly port: number;
}

/** Everybody who has a port, ordered by it; people on one port stay in the order of the roster. */
export function mapEntries(roster: readonly RosterMember[], ports: ReadonlyMap<string, number>): MapEntry[] {
  return roster
    .flatMap(({ osUser, spec }) => {
      const port = ports.get(osUser);
      return port === undefined ? [] : [{ authentikUser: spec.authentikUser, osUser, port }];
    })
    .sort((a, b) => a.port - b.port);
}

/** The whole file: the value and one line break, also where the value of the format Lines ends in one already. */
export function publishedText(map: PublishedMap, entries: readonly MapEntry[]): string {
  const value = map.format === 'Lines' ? printLines(map.header, entries) : printCompact(dispatchOf(entries));
  return `${value}\n`;
}

/** The header, one line per entry; without entries one empty line. */
export function printLines(header: readonly string[], entries: readonly MapEntry[]): string {
  const lines = entries.map(({ authentikUser, osUser }) => `${authentikUser}=${osUser}`);
  return [...header, lines.join('\n'), ''].join('\n');
}

/** By identity; of several entries with one identity the last. */
export function dispatchOf(entries: readonly MapEntry[]): Json {
  return new Map(
    entries.map(({ authentikUser, osUser, port }) => [
      authentikUser,
      new Map<string, Json>([
        ['os_user', osUser],
        ['port', port],
      ]),
    ]),
  );
}

/** The accounts that a published file names; none where it cannot be read, for then nobody is routed by it. */
export function accountsIn({ format }: PublishedMap, text: string): ReadonlySet<string> {
  if (format === 'Lines') {
    const lines = parseLinesMap(text);
    return new Set(lines.kind === 'parsed' ? lines.value.values() : []);
  }
  const entries = parseJsonMap(text);
  return new Set(entries.kind === 'parsed' ? entries.value.map(({ osUser }) => osUser) : []);
}

export type Parsed<T> =
  { readonly kind: 'parsed'; readonly value: T } | { readonly kind: 'invalid'; readonly message: string };

/** Identity to account, of a file in the format Lines. Blank lines and those that begin with "#" say nothing. */
export function parseLinesMap(text: string): Parsed<ReadonlyMap<string, string>> {
  const accounts = new Map<string, string>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, authentikUser, osUser] = /^([^=]+)=([^=]+)$/.exec(line) ?? [];
    if (authentikUser === undefined || osUser === undefined) {
      return invalid(`line ${index + 1} is not <authentikUser>=<osUser>`);
    }
    if (accounts.has(authentikUser)) return invalid(`line ${index + 1} names ${authentikUser} a second time`);
    accounts.set(authentikUser, osUser);
  }
  return { kind: 'parsed', value: accounts };
}

/** The entries of a file in the format JSON, as they stand there. */
export function parseJsonMap(text: string): Parsed<readonly MapEntry[]> {
  const document = parseJson(text);
  if (!isMapping(document)) return invalid('it is no JSON object');
  const entries: MapEntry[] = [];
  for (const [authentikUser, value] of Object.entries(document)) {
    const { os_user: osUser, port } = (value ?? {}) as { os_user?: unknown; port?: unknown };
    if (typeof osUser !== 'string' || typeof port !== 'number') {
      return invalid(`the member ${JSON.stringify(authentikUser)} is not {"os_user": text, "port": number}`);
    }
    entries.push({ authentikUser, osUser, port });
  }
  return { kind: 'parsed', value: entries };
}

function invalid(found: string): { readonly kind: 'invalid'; readonly message: string } {
  return { kind: 'invalid', message: `read a published map: ${found}: correct or remove the file` };
}
