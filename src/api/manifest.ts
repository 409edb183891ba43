/** Manifests: what `kubectl apply` takes, and what `kubectl get -o yaml` prints, lists included. */
import * as z from 'zod';
import type { Path, TextDocument } from './text/document.ts';
import { type ParsedText, parseText } from './text/parse.ts';
import { type Problem, sortProblems, type Subject } from './text/problem.ts';
import { describe, printPath } from './text/show.ts';
import { suggest } from './text/suggest.ts';
import { isMapping } from './text/json.ts';
import { validate } from './text/validate.ts';
import { WorkstationUser } from './user.ts';
import { Workstation } from './workstation/index.ts';

/** An object, and the text that declares it. */
export interface Declared<T> {
  readonly object: T;
  readonly file: string;
  /** A problem at the place of one of its fields, named as in the object. */
  problem(path: Path, message: string): Problem;
}

export interface Manifests {
  /** The sound objects; those with a problem are left out. */
  readonly users: readonly Declared<WorkstationUser>[];
  readonly workstations: readonly Declared<Workstation>[];
  readonly problems: readonly Problem[];
}

/** All objects of a text. A text without any is a problem: it cannot have been meant. */
export function importManifests(file: string, text: string): Manifests {
  const parsed = parseText(file, text);
  const { users, workstations, problems } = readManifests(parsed);
  const isEmpty = parsed.documents.length === 0 && problems.length === 0;
  const empty = { file, message: 'found no object: declare at least one, with apiVersion and kind' };
  return { users, workstations, problems: isEmpty ? [empty] : problems };
}

/** All objects of a text that is parsed; its problems are told with those of the objects. */
export function readManifests({ documents, problems }: ParsedText): Manifests {
  const collected: Collected = { users: [], workstations: [], problems: [...problems] };
  for (const document of documents) collect(document, document.value, [], collected);
  return { ...collected, problems: sortProblems(collected.problems) };
}

interface Collected {
  readonly users: Declared<WorkstationUser>[];
  readonly workstations: Declared<Workstation>[];
  readonly problems: Problem[];
}

function collect(document: TextDocument, value: unknown, base: Path, into: Collected): void {
  const kind = kindOf(value);
  const isOutermost = base.length === 0;
  if (kind === 'WorkstationUser') {
    into.users.push(...declared(WorkstationUser, document, value, base, into, subjectOf(value)));
  } else if (kind === 'Workstation') {
    const about = { kind: 'workstation' } as const;
    into.workstations.push(...declared(Workstation, document, value, base, into, about));
  } else if (isOutermost && LIST_KINDS.has(kind)) {
    for (const list of declared(List, document, value, base, into)) {
      for (const [index, item] of list.object.items.entries())
        collect(document, item, ['items', index], into);
    }
  } else {
    into.problems.push(notAnObject(document, value, kind, base));
  }
}

const LIST_KINDS = new Set<unknown>(['List', 'WorkstationUserList', 'WorkstationList']);

const List = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({}).optional(),
  items: z.array(z.unknown()),
});

function kindOf(value: unknown): unknown {
  return isMapping(value) ? value['kind'] : undefined;
}

/** Who is declared, as far as the text says; without a name it may be anybody. */
function subjectOf(value: unknown): Subject | undefined {
  const [metadata, spec] = isMapping(value) ? [value['metadata'], value['spec']] : [];
  const name = isMapping(metadata) ? metadata['name'] : undefined;
  if (typeof name !== 'string') return undefined;
  const { osUser = name } = isMapping(spec) ? spec : {};
  return { kind: 'user', name, ...(typeof osUser === 'string' ? { osUser } : {}) };
}

function declared<S extends z.ZodType>(
  schema: S,
  document: TextDocument,
  value: unknown,
  base: Path,
  { problems }: Collected,
  about?: Subject,
): Declared<z.output<S>>[] {
  const result = validate(schema, value, document, { base });
  if (!result.ok) {
    problems.push(...result.problems.map((problem) => (about ? { ...problem, about } : problem)));
    return [];
  }
  const problem = (path: Path, message: string) => {
    const whole = [...base, ...path];
    return document.problemAt(whole, whole.length === 0 ? message : `${printPath(whole)}: ${message}`);
  };
  return [{ object: result.value, file: document.file, problem }];
}

function notAnObject(document: TextDocument, value: unknown, kind: unknown, base: Path): Problem {
  if (!isMapping(value)) {
    return document.problemAt(base, `found ${describe(value)}, must be an object with apiVersion and kind`);
  }
  const path = [...base, 'kind'];
  const near = typeof kind === 'string' ? suggest(kind, KINDS) : undefined;
  if (kind === undefined) {
    const message = `${printPath(path)}: missing, must be WorkstationUser or Workstation; a roster has the key users instead`;
    return document.problemAt(path, message);
  }
  const hint = near === undefined ? '' : `: did you mean ${near}?`;
  return document.problemAt(
    path,
    `${printPath(path)}: found ${describe(kind)}, must be WorkstationUser or Workstation${hint}`,
  );
}

const KINDS = ['WorkstationUser', 'Workstation'];
