/**
 * Conditions out: by server-side apply, only what is the controller's to say, and only where it differs.
 *
 * Agents write the entries Ready and Stalled too. Server-side apply keeps who holds what field by field, and an entry that
 * one lets go while the other holds but a part of it would lose fields that a condition must have: the API server refuses
 * that. So the controller takes nobody's Stalled away, lets its own go once somebody else has taken it over, and takes
 * Ready only where the agent cannot speak, which never lets it go.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
import { mergeConditions, type Condition, type Finding } from '../api/conditions.ts';
import { API_VERSION } from '../api/user.ts';
import type { Api } from '../kubernetes/api.ts';
import type { KubernetesObject, Resource } from '../kubernetes/objects.ts';
import { AGENT_LOST, type Statement } from './findings.ts';

/** As which the controller writes status. */
export const FIELD_MANAGER = 'workstation-controller';

export interface Reported extends KubernetesObject {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** All conditions that the controller holds from now on. */
export interface StatusPatch {
  readonly conditions: readonly Condition[];
  /** Whether it says something that was not its own before, so that the object must still be as it was seen. */
  readonly isTakeover: boolean;
}

/**
 * Undefined where there is nothing to write.
 * @param held the types that this program wrote last; empty where it does not know, as after a start
 */
export function statusPatch(
  object: Reported,
  statements: readonly Statement[],
  held: ReadonlySet<string>,
  now: Date,
): StatusPatch | undefined {
  const live = object.status?.conditions ?? [];
  const findings = statements
    .filter(({ type, voice }) => voice !== 'yield' || !isTheirs(type, live))
    .map((statement) => kept(statement, live));
  const { generation } = object.metadata;
  const isSaid = findings.every((finding) => isSaidAlready(finding, live, generation));
  if (isSaid && !isLeft(findings, live, held)) return undefined;
  return {
    conditions: mergeConditions(live, findings, now, generation),
    isTakeover: findings.some(({ type }) => SHARED.has(type) && !isOurs(type, live)),
  };
}

/** Entries that agents write too. */
const SHARED: ReadonlySet<string> = new Set(['Ready', 'Stalled']);
/** Of entries that only the controller writes, those that it may leave out. */
const OPTIONAL = ['ClusterAccessReady', 'RosterMirrored'];

/** Whether somebody else speaks of a type. */
export function isTheirs(type: string, live: readonly Condition[]): boolean {
  return live.some((condition) => condition.type === type) && !isOurs(type, live);
}

/** What the controller says in a shared entry has a reason that no agent has, or the words that Accepted has. */
function isOurs(type: string, live: readonly Condition[]): boolean {
  const said = live.find((condition) => condition.type === type);
  const accepted = live.find((condition) => condition.type === 'Accepted');
  if (said === undefined) return false;
  return (
    OUR_REASONS.has(said.reason) || (said.reason === accepted?.reason && said.message === accepted.message)
  );
}

const OUR_REASONS: ReadonlySet<string> = new Set(['Pending', AGENT_LOST]);

/** What was said of a lost agent stands until the agent itself takes it back: until then nothing better is known. */
function kept({ voice, ...finding }: Statement, live: readonly Condition[]): Finding {
  const said = live.find(({ type }) => type === finding.type);
  if (finding.type !== 'Ready' || voice !== 'yield' || said?.reason !== AGENT_LOST) return finding;
  return { ...finding, status: said.status, reason: said.reason, message: said.message };
}

function isSaidAlready(
  finding: Finding,
  live: readonly Condition[],
  generation: number | undefined,
): boolean {
  const said = live.find(({ type }) => type === finding.type);
  return (
    said?.status === finding.status &&
    said.reason === finding.reason &&
    said.message === finding.message &&
    said.observedGeneration === generation
  );
}

/** Whether something of the controller's is there that it says no more. A rest of Ready can wait for the next write. */
function isLeft(
  findings: readonly Finding[],
  live: readonly Condition[],
  held: ReadonlySet<string>,
): boolean {
  const isGone = (type: string) => !findings.some((finding) => finding.type === type);
  const isThere = (type: string) => live.some((condition) => condition.type === type);
  if (OPTIONAL.some((type) => isGone(type) && isThere(type))) return true;
  return isGone('Stalled') && (isOurs('Stalled', live) || (held.has('Stalled') && isThere('Stalled')));
}

/**
 * Writes the status of an object; gives it back as it is afterwards.
 * @throws ApiError, a conflict among them where the object is another by now, or has changed in what is taken over
 */
export function writeStatus<T extends Reported>(
  api: Api,
  resource: Resource,
  { metadata: { name, uid, resourceVersion } }: T,
  { conditions, isTakeover }: StatusPatch,
): Promise<T> {
  const metadata = {
    name,
    ...(uid ? { uid } : {}),
    ...(isTakeover && resourceVersion ? { resourceVersion } : {}),
  };
  const object = { apiVersion: API_VERSION, kind: resource.kind, metadata, status: { conditions } };
  return api.apply<T>(resource, object, { fieldManager: FIELD_MANAGER, force: true, subresource: 'status' });
}
