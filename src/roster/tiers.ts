/** The tiers of the roster against those that the cluster has. */
import { isMapping, parseJson } from '../api/text/json.ts';
import type { RosterMember } from './member.ts';

export interface TierIssue {
  readonly osUser: string;
  /** `error`: the two disagree, nothing may be done for the person. `warn`: the cluster does not know them yet. */
  readonly severity: 'error' | 'warn';
  readonly message: string;
}

/** k8sUser to tier, as found. */
export interface ClusterTierMap {
  readonly tiers: ReadonlyMap<string, string>;
  /** Entries that could not be read; they count as absent. */
  readonly problems: readonly string[];
}

/** In the order of the roster. Admins are exempt: what they may do in the cluster is granted elsewhere. */
export function compareTiers(
  roster: readonly RosterMember[],
  clusterTiers: ReadonlyMap<string, string>,
): TierIssue[] {
  return roster.flatMap(({ osUser, spec: { tier, k8sUser } }): TierIssue[] => {
    const actual = clusterTiers.get(k8sUser);
    if (tier === 'admin' || actual === tier) return [];
    const name = quoted(k8sUser);
    return actual === undefined
      ? [
          {
            osUser,
            severity: 'warn',
            message: `${osUser}: tier ${tier} but k8s_user ${name} absent from k8s_users (kubectl grant pending — add the entry)`,
          },
        ]
      : [
          {
            osUser,
            severity: 'error',
            message: `${osUser}: roster tier ${tier} != k8s_users tier ${actual} for ${name}`,
          },
        ];
  });
}

/** The line that `validate` writes for an issue. */
export function printIssue({ severity, message }: TierIssue): string {
  return `${severity.toUpperCase()}: ${message}`;
}

/**
 * The live map: `{k8sUser: tier}`, or with `key` `{k8sUser: {[key]: tier}}`, as a value or as JSON text.
 * Null and a missing `key` are no entry. Undefined for anything but an object.
 */
export function parseClusterTiers(value: unknown, key?: string): ClusterTierMap | undefined {
  const document = typeof value === 'string' ? parseJson(value) : value;
  if (!isMapping(document)) return undefined;
  const tiers = new Map<string, string>();
  const problems: string[] = [];
  for (const [k8sUser, entry] of Object.entries(document)) {
    const tier = key === undefined || entry === null ? entry : memberOf(entry, key);
    if (typeof tier === 'string') tiers.set(k8sUser, tier);
    else if (tier !== null && tier !== undefined) problems.push(unreadable(k8sUser, key));
  }
  return { tiers, problems };
}

function memberOf(entry: unknown, key: string): unknown {
  if (!isMapping(entry)) return false;
  return Object.hasOwn(entry, key) ? entry[key] : undefined;
}

function unreadable(k8sUser: string, key: string | undefined): string {
  const expected = key === undefined ? 'a tier' : `an object with the tier in ${JSON.stringify(key)}`;
  return `read the tier of ${JSON.stringify(k8sUser)} in the cluster: its entry is not ${expected}: correct the entry`;
}

/** In single quotes, or in double quotes around a single one: as scripts that read these lines know it. */
function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  return quote + text.replace(quote === "'" ? /[\\']/g : /\\/g, '\\$&') + quote;
}
