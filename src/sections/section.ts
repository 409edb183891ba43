/**
 * A section is one file: what it must know (`probes`), what should be done (`plan`), and the condition it answers for.
 * It is pure: the same person and the same facts give the same plan. It never assumes that its plan was carried out;
 * the next look at the facts tells.
 */
import type { ConditionType } from '../api/conditions.ts';
import type { UserSpec } from '../api/user.ts';
import type { WorkstationSpec } from '../api/workstation/index.ts';
import type { Action } from './action.ts';
import type { AccountFacts, Entries, Probe, UnitFacts } from './facts.ts';

/** One person on this machine, with everything a section needs to know of what is declared. */
export interface Person {
  /** metadata.name. */
  readonly name: string;
  readonly osUser: string;
  readonly spec: UserSpec;
  /** The home: what the account databases say, or where useradd will make it. */
  readonly home: string;
  /** By service. A service without one is not set up, and `portTroubles` says why. */
  readonly ports: Readonly<Record<string, number>>;
  readonly portTroubles: readonly Trouble[];
  /** By service: what is remembered of a port whose file cannot be made sense of at the moment. Nobody else gets it. */
  readonly heldPorts?: Readonly<Record<string, number>>;
  readonly policy: WorkstationSpec;
}

/** What the person has, and nobody else is to get. */
export function portsOf({ ports, heldPorts }: Person): Readonly<Record<string, number>> {
  return heldPorts === undefined ? ports : { ...heldPorts, ...ports };
}

/** What a section must know. Paths of `home` lie below the home, those of `system` do not. */
export interface Probes {
  readonly home?: readonly Probe[];
  readonly system?: readonly Probe[];
  /** `source` fields as written: absolute on the machine, or relative to the declaring file. Always read as text. */
  readonly sources?: readonly string[];
  readonly units?: readonly string[];
}

export interface Facts {
  /** Whether the machine runs, so that a person's commands can; an offline image does not. */
  readonly isLive: boolean;
  /** Whether our own records say that we locked this account: only then may a pass unlock it. */
  readonly cut: boolean;
  /** Groups that the cut of an earlier leave took the person out of. */
  readonly cutGroups: readonly string[];
  /** Whether a process of the person's runs; looked at only for whoever is suspended. */
  readonly hasProcesses: boolean;
  /** Whether the pass holds a token that may mint others. */
  readonly canMint: boolean;
  /** Absent while there is no such account; then `home` holds what useradd would copy from /etc/skel. */
  readonly account?: AccountFacts;
  /** The groups that exist on the machine. */
  readonly groups: ReadonlySet<string>;
  readonly home: Entries;
  readonly system: Entries;
  readonly sources: Entries;
  readonly units: ReadonlyMap<string, UnitFacts>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Why a section's goal cannot be reached now. */
export interface Trouble {
  /** CamelCase, as a condition's reason. */
  readonly reason: string;
  /** What was attempted, what was found, what to do; one line, without secrets. */
  readonly message: string;
  /** `Waiting`: it may come right by itself. `Refused`: somebody must change something. */
  readonly kind: 'Waiting' | 'Refused';
}

export interface SectionPlan {
  /** In this order; when one fails the rest of this section is left for the next pass. */
  readonly actions: readonly Action[];
  readonly troubles: readonly Trouble[];
  /** What somebody should know though nothing is wrong. */
  readonly notes: readonly string[];
  /**
   * When there may be something to do though nothing changes, milliseconds since 1970. Until then, and as long as the
   * clock goes on, a plan without actions stays as it is.
   */
  readonly next?: number;
}

export interface Section {
  readonly name: string;
  readonly condition: ConditionType;
  /** Whether its actions run what the person decides about, which nothing may do for whoever is suspended. */
  readonly runsTheirs?: true;
  /** Whether the policy has anything for this person; where not, the condition is not reported. */
  applies(person: Person): boolean;
  probes(person: Person): Probes;
  plan(person: Person, facts: Facts): SectionPlan;
}
