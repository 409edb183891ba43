/** Gathers what the sections of one person asked for. */
import type { Machine } from '../host/machine.ts';
import type { State } from '../report/record.ts';
import type { Entries, Entry, HomeLook } from '../sections/facts.ts';
import type { Facts, Person, Probes } from '../sections/section.ts';

/** What holds for the whole of one pass. */
export interface PassFacts {
  readonly canMint: boolean;
  /** OS users whom an earlier pass cut off. */
  readonly cut: ReadonlySet<string>;
  /** By OS user: what earlier cuts took. */
  readonly departed: State['cuts'];
  /** Machine files that this pass would write, by path: what a dry run must see as if it were there. */
  readonly planned: Entries;
  /** What has been found at sources: they are the machine's, and stay as they are for everybody. */
  readonly sources: Map<string, Entry>;
  /** Homes that are being looked at since before anything else was: each is taken by the first look at its person. */
  readonly ahead: Map<Person, Promise<HomeLook | undefined>>;
  now(): number;
}

/** All but the home, which is looked at last: what was seen of it before may do. */
export type FactsAround = Omit<Facts, 'home'>;

export function gatherAround(
  machine: Machine,
  pass: PassFacts,
  person: Person,
  probes: Required<Probes>,
): FactsAround {
  const account = machine.account(person.osUser);
  return {
    isLive: machine.isLive,
    ...(account ? { account } : {}),
    groups: machine.groups(),
    system: overlaid(machine.lookAtSystem(probes.system), pass.planned),
    sources: overlaid(lookOnce(machine, pass, probes.sources), pass.planned),
    // A copy of what is known: batches of others change it while this person's home is looked at.
    units: new Map(probes.units.flatMap((unit) => entryAt(machine.units, unit))),
    cut: pass.cut.has(person.osUser),
    cutGroups: pass.departed[person.osUser]?.groups ?? [],
    hasProcesses: person.spec.suspended && account !== undefined && machine.hasProcesses(account.uid),
    canMint: pass.canMint,
    now: pass.now(),
  };
}

function lookOnce(machine: Machine, { sources }: PassFacts, wanted: readonly string[]): Entries {
  const unseen = wanted.filter((path) => !sources.has(path));
  for (const [path, entry] of machine.lookAtSources(unseen)) sources.set(path, entry);
  return new Map(wanted.flatMap((path) => entryAt(sources, path)));
}

function entryAt<Value>(known: ReadonlyMap<string, Value>, key: string): [string, Value][] {
  const value = known.get(key);
  return value === undefined ? [] : [[key, value]];
}

function overlaid(entries: Entries, planned: Entries): Entries {
  return new Map([...entries].map(([path, entry]) => [path, planned.get(path) ?? entry]));
}
