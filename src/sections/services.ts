/** Services on ports of their own: the environment file that carries the port, and the units that read it. */
import { selects, type Service } from '../api/workstation/index.ts';
import { EnvFileError, setVariables } from '../roster/envfile.ts';
import type { SystemAction } from './action.ts';
import { at, expandFor, hasPorts, joined, NOTHING, onlyTrouble, planEach, refused } from './common.ts';
import { beforeOf, cannotReplace } from './existing.ts';
import type { Facts, Person, Section, SectionPlan, Trouble } from './section.ts';
import { planUnits, unitsFor } from './units.ts';

/** Only root reads it: systemd does before it drops the rights of the unit. */
const ENV_FILE_MODE = 0o600;

export const services: Section = {
  name: 'services',
  condition: 'ServicesReady',
  applies: (person) => servicesOf(person).length > 0 || person.portTroubles.length > 0,
  probes(person) {
    const declared = servicesOf(person);
    return {
      system: declared.map(({ envFile }) => ({ path: expandFor(person, envFile), read: 'text' })),
      units: declared.flatMap((service) => unitsFor(person, unitsOf(person, service))),
    };
  },
  plan: (person, facts) =>
    joined([
      { ...NOTHING, troubles: person.portTroubles },
      ...servicesOf(person).map((service) => planService(person, facts, service)),
    ]),
};

function servicesOf(person: Person): Service[] {
  return person.policy.services.filter((service) => selects(service, person.spec.tier));
}

function unitsOf(person: Person, { units }: Service): string[] {
  return units.filter((unit) => hasPorts(person, unit));
}

/** Whoever is suspended has services stopped whatever else is wrong with them; a unit is started with its port only. */
function planService(person: Person, facts: Facts, service: Service): SectionPlan {
  const units = planUnits(person, facts, unitsOf(person, service));
  if (person.ports[service.name] === undefined) return person.spec.suspended ? units : NOTHING;
  const environment = planEach(person, [service], () => planEnvFile(person, facts, service));
  const isReady = environment.troubles.length === 0;
  return isReady || person.spec.suspended ? joined([environment, units]) : environment;
}

function planEnvFile(person: Person, facts: Facts, service: Service): SectionPlan {
  const path = expandFor(person, service.envFile);
  const entry = at(facts.system, path);
  const trouble = cannotReplace(`write the environment of ${service.name}`, path, entry);
  if (trouble !== undefined) return onlyTrouble(trouble);
  const before = entry.kind === 'file' ? (entry.text ?? '') : '';
  const content = environmentFor(person, service, path, before);
  if (typeof content !== 'string') return onlyTrouble(content);
  if (entry.kind === 'file' && content === before && entry.mode === ENV_FILE_MODE) return NOTHING;
  const action: SystemAction = {
    kind: 'write-system-file',
    path,
    content,
    mode: ENV_FILE_MODE,
    before: beforeOf(entry),
    sensitive: true,
  };
  return { ...NOTHING, actions: [action] };
}

function environmentFor(
  person: Person,
  { name, env, unset }: Service,
  path: string,
  before: string,
): string | Trouble {
  const wanted = Object.entries(env).map(([variable, value]) => [variable, expandFor(person, value)]);
  try {
    return setVariables(before, Object.fromEntries(wanted) as Record<string, string>, unset);
  } catch (error) {
    if (!(error instanceof EnvFileError)) throw error;
    return refused('EnvFileUnclear', `write the environment of ${name} to ${path}: ${error.message}`);
  }
}
