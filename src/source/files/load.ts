/**
 * Desired state from files: rosters and manifests, told apart by their content. Bad input never throws: it becomes
 * problems. While there is a problem, what is loaded is not all that was declared, so nobody may be taken for absent.
 */
import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { type Declared, readManifests } from '../../api/manifest.ts';
import { objectNamesFor } from '../../api/names.ts';
import { readRoster, type RosterEntry, usersFromRoster } from '../../api/roster.ts';
import { decode } from '../../api/text/decode.ts';
import { isMapping } from '../../api/text/json.ts';
import { type ParsedText, parseText } from '../../api/text/parse.ts';
import { type Problem, printPlace } from '../../api/text/problem.ts';
import { quote } from '../../api/text/show.ts';
import { osUserOf, type WorkstationUser } from '../../api/user.ts';
import { checkWorkstation } from '../../api/workstation/check.ts';
import type { Workstation } from '../../api/workstation/index.ts';
import { type Bytes, type Reading, readPaths } from './read.ts';
import { type Refused, refusedUsers } from './refused.ts';
import { type Saying, sayingOf } from './saying.ts';

export interface LoadOptions {
  /** Which Workstation to take where several are declared. */
  readonly workstation?: string;
  /** What `-` reads; the standard input when left out. */
  readonly stdin?: Readable;
}

export interface LoadedWorkstation extends Declared<Workstation> {
  /** The absolute directory of the declaring file, or the working directory: relative sources start there. */
  readonly directory: string;
}

export interface Input {
  /** In the order of the paths, and of each file. */
  readonly users: readonly Declared<WorkstationUser>[];
  readonly workstation?: LoadedWorkstation;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** What was read, by the names that problems and warnings have for it; none where it is no text. */
  readonly texts: ReadonlyMap<string, string>;
  /** Those of the problems that concern one person each, by person. */
  readonly refused: readonly Refused[];
  /** What each file says about anybody at all. */
  readonly sayings: readonly Saying[];
  /** SHA-256 in hex of all that was read: the same input has the same revision. */
  readonly revision: string;
}

/** Loads rosters, manifests and folders of them; `-` is standard input. */
export async function loadInput(paths: readonly string[], options: LoadOptions = {}): Promise<Input> {
  return interpret(await readPaths(paths, options.stdin ?? process.stdin), options.workstation);
}

/** The policies of the last reading, by file: they are long and change seldom, and to read one again takes longest. */
export type KnownPolicies = Map<string, { readonly bytes: Uint8Array; readonly content: Content }>;

/**
 * What has been read, as what it declares; `workstation` says which one to take where several are declared. `known` is brought
 * up to date.
 */
export function interpret(reading: Reading, workstation?: string, known: KnownPolicies = new Map()): Input {
  const contents = reading.read.map((file) => recall(known, file) ?? readContent(file));
  remember(known, reading, contents);
  const names = objectNamesFor(contents.flatMap(({ accounts }) => accounts));
  const entries = contents.flatMap((content) => content.entries);
  const users = [...usersFromRoster(entries, names), ...contents.flatMap((content) => content.users)];
  const chosen = choose(
    contents.flatMap(({ workstations }) => workstations),
    workstation,
  );
  const problems = [
    ...reading.problems,
    ...contents.flatMap((content) => content.problems),
    ...repeatedNames(users),
    ...chosen.problems,
  ];
  return {
    users,
    ...('workstation' in chosen ? { workstation: chosen.workstation } : {}),
    problems,
    warnings: contents.flatMap(({ warnings }) => warnings),
    texts: new Map(contents.flatMap(({ file, text }) => (text === undefined ? [] : [[file, text] as const]))),
    refused: refusedUsers(problems, names),
    sayings: contents.map(({ saying }) => saying),
    revision: revisionOf(reading.read),
  };
}

export interface Content {
  readonly file: string;
  readonly text?: string;
  readonly saying: Saying;
  readonly entries: readonly RosterEntry[];
  readonly accounts: readonly string[];
  readonly users: readonly Declared<WorkstationUser>[];
  readonly workstations: readonly Declared<Workstation>[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

function recall(known: KnownPolicies, { file, bytes }: Bytes): Content | undefined {
  const found = known.get(file);
  return found !== undefined && Buffer.compare(found.bytes, bytes) === 0 ? found.content : undefined;
}

function remember(known: KnownPolicies, { read }: Reading, contents: readonly Content[]): void {
  known.clear();
  for (const [index, { file, bytes }] of read.entries()) {
    const content = contents[index];
    const isPolicy = content?.workstations.length === 1 && content.accounts.length === 0;
    if (isPolicy) known.set(file, { bytes, content });
  }
}

const NOTHING = { entries: [], accounts: [], users: [], workstations: [], problems: [], warnings: [] };

function readContent({ file, bytes }: Bytes): Content {
  const decoded = decode(file, bytes);
  if ('problem' in decoded) {
    return { ...NOTHING, file, saying: { file, kind: 'something' }, problems: [decoded.problem] };
  }
  const { text } = decoded;
  const parsed = parseText(file, text);
  const found = { ...NOTHING, file, text, saying: sayingOf(file, parsed) };
  if (parsed.documents.length === 0 && parsed.problems.length === 0) {
    return { ...found, warnings: [{ file, message: 'found nothing: an empty file declares nobody' }] };
  }
  return { ...found, ...(isRoster(parsed) ? readRoster(parsed) : readManifests(parsed)) };
}

/** A roster says `users`, and no version of an API. */
function isRoster({ documents }: ParsedText): boolean {
  return documents.some(({ value }) => isMapping(value) && 'users' in value && !('apiVersion' in value));
}

function choose(
  declared: readonly Declared<Workstation>[],
  name: string | undefined,
): { workstation: LoadedWorkstation; problems: Problem[] } | { problems: Problem[] } {
  const candidates =
    name === undefined ? declared : declared.filter(({ object }) => object.metadata.name === name);
  const [first, second] = candidates;
  if (first === undefined) return { problems: [] };
  if (second !== undefined) {
    const { name: other } = first.object.metadata;
    const message = `found a second Workstation, ${quote(other)} stands in ${first.file}: remove one, or say which to take`;
    return { problems: [{ ...second.problem(['metadata', 'name'], message), about: WORKSTATION }] };
  }
  const directory = first.file === '-' ? process.cwd() : dirname(resolve(first.file));
  return {
    workstation: { ...first, directory },
    problems: checkWorkstation(first.object.spec).map(({ path, message }) => ({
      ...first.problem(['spec', ...path], message),
      about: WORKSTATION,
    })),
  };
}

const WORKSTATION = { kind: 'workstation' } as const;

/** Two objects of one name are one object for the API server: the second would silently replace the first. */
function repeatedNames(users: readonly Declared<WorkstationUser>[]): Problem[] {
  const first = new Map<string, Declared<WorkstationUser>>();
  return users.flatMap((user) => {
    const { name } = user.object.metadata;
    const earlier = first.get(name);
    if (earlier === undefined) {
      first.set(name, user);
      return [];
    }
    const place = printPlace(earlier.problem(['metadata', 'name'], ''));
    const message = `found ${quote(name)} a second time, first in ${place}: rename one`;
    const about = { kind: 'user', name, osUser: osUserOf(earlier.object) } as const;
    return [{ ...user.problem(['metadata', 'name'], message), about }];
  });
}

function revisionOf(files: readonly Bytes[]): string {
  const hash = createHash('sha256');
  for (const { file, bytes } of files) hash.update(`${file}\0${bytes.length}\0`).update(bytes);
  return hash.digest('hex');
}
