/** Whether the agent of a machine may serve a user: one check each, the first finding counts. */
import type { Stalled } from '../api/catalog.ts';
import type { Condition } from '../api/conditions.ts';
import { osUserOf } from '../api/user.ts';
import { compareTiers } from '../roster/tiers.ts';
import type { ClusterUser } from './kinds.ts';

/** What is known of the tiers that the cluster has people in. */
export type KnownTiers =
  /** Nothing to compare with: no source is declared, or one that only the machine can read. */
  | { readonly kind: 'none' }
  | { readonly kind: 'read'; readonly tiers: ReadonlyMap<string, string> }
  /** Never read since this program started. */
  | { readonly kind: 'unread'; readonly message: string };

export interface Circumstances {
  /** Whether there is a Workstation of the name that the user's spec has. */
  readonly hasWorkstation: boolean;
  /** How the user stands to the others of the machine; undefined when nothing is claimed twice. */
  readonly duplicate: Stalled | undefined;
  readonly tiers: KnownTiers;
}

export type Verdict =
  | { readonly kind: 'accepted'; readonly reason: string; readonly message: string }
  | { readonly kind: 'refused'; readonly reason: string; readonly message: string };

export function accept(user: ClusterUser, circumstances: Circumstances): Verdict {
  return (
    workstationNotFound(user, circumstances) ??
    duplicated(circumstances) ??
    comparedTiers(user, circumstances.tiers)
  );
}

function workstationNotFound(user: ClusterUser, { hasWorkstation }: Circumstances): Verdict | undefined {
  if (hasWorkstation) return undefined;
  const { name } = user.metadata;
  const message = `serve ${name}: there is no Workstation ${user.spec.workstation}: create it, or delete the user and create it anew on another machine`;
  return { kind: 'refused', reason: 'WorkstationNotFound', message };
}

function duplicated({ duplicate }: Circumstances): Verdict | undefined {
  return duplicate && { kind: 'refused', reason: duplicate.reason, message: duplicate.message };
}

const AGREED: Verdict = { kind: 'accepted', reason: 'Accepted', message: 'nothing contradicts the spec' };

function comparedTiers(user: ClusterUser, known: KnownTiers): Verdict {
  if (known.kind === 'none') return AGREED;
  if (known.kind === 'unread')
    return saidBefore(user) ?? { kind: 'accepted', reason: 'TierUnverified', message: known.message };
  const [issue] = compareTiers([{ osUser: osUserOf(user), spec: user.spec }], known.tiers);
  if (issue === undefined) return AGREED;
  return issue.severity === 'error'
    ? { kind: 'refused', reason: 'TierConflict', message: issue.message }
    : { kind: 'accepted', reason: 'GrantPending', message: issue.message };
}

/** A source that does not answer takes nothing back: what was found of this spec when it did answer holds. */
function saidBefore({ metadata, status }: ClusterUser): Verdict | undefined {
  const said = status?.conditions?.find(({ type }) => type === 'Accepted');
  if (said === undefined || said.observedGeneration !== metadata.generation) return undefined;
  if (!ABOUT_TIERS.has(said.reason)) return undefined;
  return { kind: kindOf(said), reason: said.reason, message: said.message };
}

const ABOUT_TIERS = new Set(['Accepted', 'GrantPending', 'TierConflict', 'TierUnverified']);

function kindOf({ status }: Condition): Verdict['kind'] {
  return status === 'True' ? 'accepted' : 'refused';
}
