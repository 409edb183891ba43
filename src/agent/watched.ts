/** What of the machine is watched, from what everybody is to have. */
import type { Watched, WatchedHome } from '../host/watch/hint.ts';
import { probesOf } from '../reconcile/plan.ts';
import { envFileDirectories } from '../roster/claims.ts';
import { machineProbes } from '../sections/machine.ts';
import type { Person } from '../sections/section.ts';
import type { Desires } from './desires.ts';

export function watchedOf(desires: Desires): Watched {
  const { policy } = desires.wanted;
  const { people } = desires.current;
  const machine = machineProbes(policy);
  const sources = [...machine.sources, ...people.flatMap((person) => probesOf(person).sources)];
  return {
    files: unique([
      ...machine.system.map(({ path }) => path),
      ...sources.filter((path) => path.startsWith('/')),
    ]),
    directories: envFileDirectories(policy.services),
    units: unique([...machine.units, ...people.flatMap((person) => probesOf(person).units)]),
    homes: people.map(homeOf),
  };
}

/** Names in the home itself: nothing below may be trusted enough to be watched. */
function homeOf(person: Person): WatchedHome {
  const { osUser, home } = person;
  const names = probesOf(person).home.map(({ path }) => path.slice(home.length + 1).split('/')[0] ?? '');
  return { osUser, home, names: unique(names.filter((name) => name !== '')) };
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)];
}
