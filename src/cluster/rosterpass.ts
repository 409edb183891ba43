/** Brings users to what a roster in a ConfigMap declares. A roster that cannot be read whole changes nothing. */
import { CONFIRM_REMOVALS, ROSTER_ORIGIN } from '../api/marks.ts';
import { printProblem } from '../api/text/problem.ts';
import { API_VERSION, type UserSpec } from '../api/user.ts';
import type { Outcome } from '../controller/workers.ts';
import { ApiError } from '../kubernetes/api.ts';
import type { Statement } from './findings.ts';
import { annotation, configMaps, USERS, type ClusterUser, type ConfigMap } from './kinds.ts';
import { planMirror, type Mirroring } from './mirror.ts';
import { rosterOf, type ReadRoster } from './rostertext.ts';
import type { Reference, Single } from './singles.ts';
import { workstationKey, type World } from './world.ts';

/** Which roster is mirrored, for whom. */
export interface RosterSource {
  readonly namespace: string;
  readonly name: string;
  /** The machine of those whose entries name none. */
  readonly workstation: string;
}

/** The field of the ConfigMap's data. */
const FIELD = 'roster.yaml';
const MIRROR = 'workstation-roster';
/** People beyond which a removal is held where the machine says nothing. */
const DEFAULT_LIMIT = 3;

export function rosterReference({ namespace, name }: RosterSource): Reference {
  return { resource: configMaps(namespace), name };
}

export class RosterMirror {
  readonly #source: RosterSource;
  /** What the last pass came to, said on the machine. */
  #statement: Statement | undefined;

  constructor(source: RosterSource) {
    this.#source = source;
  }

  /** What there is to be said on a machine. */
  statementsFor(workstation: string): readonly Statement[] {
    const isIt = workstation === this.#source.workstation;
    return isIt && this.#statement !== undefined ? [this.#statement] : [];
  }

  /** @throws ApiError */
  async pass(world: World, single: Single<ConfigMap>): Promise<Outcome> {
    const { namespace, name, workstation } = this.#source;
    const origin = `${namespace}/${name}`;
    const read = readSingle(origin, single);
    if (read === undefined) return DONE;
    if ('trouble' in read) return this.#say(world, 'False', read.trouble.reason, read.trouble.message);
    const { roster, confirmed } = read;
    const limit = world.workstations.get(workstation)?.spec.offboarding.massRemovalLimit ?? DEFAULT_LIMIT;
    const users = world.listed.users.list().map((user) => world.users.get(user.metadata.name) ?? user);
    const plan = planMirror({ roster, origin, workstation, users, limit, confirmed });
    return this.#conclude(world, roster, plan, await perform(world, origin, plan));
  }

  #conclude(world: World, roster: ReadRoster, plan: Mirroring, refused: readonly string[]): Outcome {
    const troubles = [...plan.troubles, ...refused];
    if (plan.held !== undefined) return this.#say(world, 'False', 'RemovalsHeld', plan.held);
    if (troubles.length > 0) return this.#say(world, 'False', 'EntriesUnsound', troubles.join('; '));
    const message = `${roster.accounts.size} users are as the roster has them`;
    return this.#say(world, 'True', 'Mirrored', message);
  }

  #say(world: World, status: 'True' | 'False', reason: string, message: string): Outcome {
    const before = this.#statement;
    this.#statement = { type: 'RosterMirrored', status, reason, message, voice: 'own' };
    if (before?.message !== message) {
      world.log(status === 'True' ? 'info' : 'warning', message);
      world.ask(workstationKey(this.#source.workstation));
    }
    return DONE;
  }
}

const DONE: Outcome = { kind: 'done' };

type Read =
  | { readonly roster: ReadRoster; readonly confirmed: string | undefined }
  | { readonly trouble: { readonly reason: string; readonly message: string } };

/** Undefined while it is not known whether there is one. */
function readSingle(origin: string, single: Single<ConfigMap>): Read | undefined {
  if (single.kind === 'unknown') return undefined;
  const text = single.kind === 'present' ? single.object.data?.[FIELD] : undefined;
  if (single.kind === 'absent' || text === undefined) {
    const message = `mirror the roster ${origin}: the ConfigMap has no field ${FIELD}, or is not there: users stay as they are until it is`;
    return { trouble: { reason: 'RosterUnreadable', message } };
  }
  const read = rosterOf(origin, text);
  if ('roster' in read)
    return { roster: read.roster, confirmed: annotation(single.object, CONFIRM_REMOVALS) };
  const message = `mirror the roster ${origin}: ${read.problems.map(printProblem).join('; ') || 'it is empty: declare somebody'}`;
  return { trouble: { reason: text.trim() === '' ? 'RosterEmpty' : 'RosterInvalid', message } };
}

/** @returns what the API server refused, person by person */
async function perform(world: World, origin: string, { applied, deleted }: Mirroring): Promise<string[]> {
  const refused: string[] = [];
  for (const [name, spec] of applied) {
    const trouble = await applyUser(world, origin, name, spec);
    if (trouble !== undefined) refused.push(trouble);
  }
  for (const { metadata } of deleted) {
    await world.api.delete(USERS, metadata.name, { uid: metadata.uid ?? '' });
    world.log('notice', `${metadata.name}: deleted, as the roster ${origin} has them no more`, metadata.name);
  }
  return refused;
}

async function applyUser(
  world: World,
  origin: string,
  name: string,
  spec: UserSpec,
): Promise<string | undefined> {
  const known = world.users.get(name);
  const uid = known?.metadata.uid === undefined ? {} : { uid: known.metadata.uid };
  const metadata = { name, annotations: { [ROSTER_ORIGIN]: origin }, ...uid };
  const object = { apiVersion: API_VERSION, kind: USERS.kind, metadata, spec };
  try {
    // Unforced for a newcomer: somebody else may just have made a user of that name.
    const options = { fieldManager: MIRROR, force: known !== undefined };
    world.users.wrote(await world.api.apply<ClusterUser>(USERS, object, options));
    return undefined;
  } catch (error) {
    // Invalid: a rule that the roster's own check cannot know, such as that somebody cannot move.
    if (error instanceof ApiError && error.status === 422) return `mirror ${name}: ${error.message}`;
    throw error;
  }
}
