/**
 * Which machine somebody goes to who names none. Pure, and the same for the same facts: of the machines that fit, the one
 * with the fewest people, of equals the first by name. Once placed, nobody is moved.
 */
import { osUserOf } from '../api/user.ts';
import { selects } from '../api/workstation/index.ts';
import { byCodePoint } from '../roster/order.ts';
import type { ClusterUser, ClusterWorkstation } from './kinds.ts';

export interface Candidate {
  readonly workstation: ClusterWorkstation;
  /** Whether the agent there is known to live, and the machine's Ready is neither False nor Unknown. */
  readonly isReady: boolean;
  readonly residents: Residents;
}

/** Who is on a machine already, or was just sent there. */
export interface Residents {
  readonly count: number;
  readonly accounts: ReadonlySet<string>;
  readonly identities: ReadonlySet<string>;
  readonly tiers: ReadonlyMap<string, number>;
}

export type Placement =
  | { readonly kind: 'placed'; readonly workstation: string }
  | { readonly kind: 'unplaceable'; readonly message: string };

export function place(user: ClusterUser, candidates: readonly Candidate[]): Placement {
  const judged = candidates.map((candidate) => ({ candidate, obstacle: obstacleTo(user, candidate) }));
  const [first] = judged
    .filter(({ obstacle }) => obstacle === undefined)
    .map(({ candidate }) => candidate)
    .sort(byLoad);
  if (first !== undefined) return { kind: 'placed', workstation: nameOf(first) };
  const obstacles = judged.map(({ candidate, obstacle }) => ({ name: nameOf(candidate), ...obstacle! }));
  return { kind: 'unplaceable', message: unplaceable(user, obstacles) };
}

interface Obstacle {
  /** What several machines have in common, to count them by. */
  readonly finding: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** The checks go from the machine to the person: what is said is what an administrator would look at first. */
function obstacleTo(user: ClusterUser, candidate: Candidate): Obstacle | undefined {
  return (
    notReady(candidate) ?? otherLabels(user, candidate) ?? taken(user, candidate) ?? full(user, candidate)
  );
}

function notReady({ isReady }: Candidate): Obstacle | undefined {
  if (isReady) return undefined;
  return { finding: 'not ready', remedy: 'see that its agent runs' };
}

function otherLabels({ spec }: ClusterUser, { workstation }: Candidate): Obstacle | undefined {
  const labels = workstation.metadata.labels ?? {};
  const missing = Object.entries(spec.workstationSelector ?? {})
    .filter(([label, value]) => labels[label] !== value)
    .map(([label, value]) => `${label}=${value}`);
  if (missing.length === 0) return undefined;
  return {
    finding: `without the label ${missing.join(', ')}`,
    remedy: 'label one, or change workstationSelector',
  };
}

function taken(user: ClusterUser, { residents }: Candidate): Obstacle | undefined {
  const account = osUserOf(user);
  if (residents.accounts.has(account))
    return {
      finding: `with the account ${account} taken`,
      remedy: 'create the user anew with another osUser',
    };
  const { authentikUser } = user.spec;
  if (!residents.identities.has(authentikUser)) return undefined;
  return {
    finding: `with somebody of the authentikUser ${authentikUser}`,
    remedy: 'one of the two is too many',
  };
}

/** Everybody whom a service is for has one of its ports, or is to get one. */
function full({ spec }: ClusterUser, { workstation, residents }: Candidate): Obstacle | undefined {
  const service = workstation.spec.services
    .filter((service) => selects(service, spec.tier))
    .find(({ port, ...selection }) => {
      const tiers = [...residents.tiers].filter(([tier]) => selects(selection, tier as typeof spec.tier));
      const users = tiers.reduce((sum, [, count]) => sum + count, 0);
      return users >= port.last - port.base + 1;
    });
  if (service === undefined) return undefined;
  return { finding: `without a free port of ${service.name}`, remedy: 'raise the last port of the service' };
}

function byLoad(a: Candidate, b: Candidate): number {
  return a.residents.count - b.residents.count || byCodePoint(nameOf(a), nameOf(b));
}

function nameOf({ workstation }: Candidate): string {
  return workstation.metadata.name;
}

/** Machines that a sentence names; more are only counted. */
const NAMED = 3;

function unplaceable(
  user: ClusterUser,
  obstacles: readonly (Obstacle & { readonly name: string })[],
): string {
  const attempt = `place ${user.metadata.name}`;
  if (obstacles.length === 0) return `${attempt}: there is no Workstation: create one`;
  const groups = [...Map.groupBy(obstacles, ({ finding }) => finding)].sort(([a], [b]) => byCodePoint(a, b));
  const findings = groups.map(([finding, machines]) => `${machines.length} ${finding} (${listed(machines)})`);
  const remedies = [...new Set(groups.map(([, [first]]) => first!.remedy))];
  return `${attempt}: none of ${obstacles.length} Workstations fits: ${findings.join(', ')}: ${remedies.join(', or ')}`;
}

function listed(machines: readonly { readonly name: string }[]): string {
  const names = machines.map(({ name }) => name).sort(byCodePoint);
  return names.length > NAMED ? `${names.slice(0, NAMED).join(', ')}, …` : names.join(', ');
}
