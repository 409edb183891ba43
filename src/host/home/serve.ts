import { hash } from 'node:crypto';
import { fstatSync } from 'node:fs';
import type { Entry } from '../../sections/facts.ts';
import type { Directory } from '../files/calls.ts';
import { blockedBy, observeAll } from '../files/observe.ts';
import { operate } from '../files/operation.ts';
import type { Contents } from '../files/read.ts';
import { FileRefused, asRefusal } from '../files/refusal.ts';
import { Tree } from '../files/tree.ts';
import type { Request, Response } from './protocol.ts';
import { withRightsOf } from './rights.ts';

/** Does what is asked, with the rights of the user it is asked for. `root` is the machine's `/`. */
export function serve(root: Directory, contents: Contents, request: Request): Response {
  const { user } = request;
  try {
    return withHome(root, request, (home) => withRightsOf(user, () => answer(home, contents, request)));
  } catch (error) {
    return failure(request, asRefusal(error, user.home));
  }
}

/**
 * The way to the home is the administrator's, and may lie where the user cannot go, as in an image: it is walked with the
 * process's own rights. From the home on nothing is followed.
 */
function withHome(
  root: Directory,
  { user, op }: Request,
  work: (home: Tree | undefined) => Response,
): Response {
  const machine = new Tree(root, 'system');
  try {
    const directory = machine.directory(user.home);
    if (directory === undefined) return work(undefined);
    const { uid } = fstatSync(directory.fd);
    const isAllowed = uid === user.uid || (uid === 0 && op === 'observe');
    if (!isAllowed) throw new FileRefused({ reason: 'foreign-owner', at: user.home, uid });
    const home = new Tree({ fd: directory.fd, path: user.home }, 'home');
    try {
      return work(home);
    } finally {
      home.close();
    }
  } finally {
    machine.close();
  }
}

/** A home that does not exist has nothing in it, and is not ours to make. */
function answer(home: Tree | undefined, contents: Contents, request: Request): Response {
  if (request.op !== 'observe') {
    if (home !== undefined) return { kind: 'operated', isFinished: operate(home, request) };
    throw new FileRefused({ reason: 'error', at: request.user.home, code: 'ENOENT' });
  }
  if (home !== undefined) return observed(request, observeAll(home, request.probes, contents));
  return observed(request, allOf(request, { kind: 'absent' }));
}

function failure(request: Request, error: unknown): Response {
  if (!(error instanceof FileRefused)) return { kind: 'fault', message: String(error) };
  if (request.op !== 'observe') return { kind: 'refused', refusal: error.refusal };
  return observed(request, allOf(request, blockedBy(error)));
}

type Observation = Extract<Request, { readonly op: 'observe' }>;

function allOf({ probes }: Observation, entry: Entry): [string, Entry][] {
  return probes.map(({ path }) => [path, entry]);
}

/** Most looks find what the one before them found, and that is said in a word. */
function observed({ known }: Observation, entries: readonly (readonly [string, Entry])[]): Response {
  const version = hash('sha256', JSON.stringify(entries), 'base64');
  return version === known ? { kind: 'unchanged' } : { kind: 'observed', version, entries };
}
