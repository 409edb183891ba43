/** Services on ports of their own: the environment file that carries the port, and the units that read it. */
import { selects, type Service } from '../api/workstation/index.ts';
import { setVariables } from '../roster/envfile.ts';
import type { SystemAction } from './action.ts';
import { at, expandFor, joined, NOTHING, onlyTrouble } from './common.ts';
import { inTheWay } from './existing.ts';
import type { Facts, Person, Section, SectionPlan } from './section.ts';
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
      units: declared.flatMap(({ units }) => unitsFor(person, units)),
    };
  },
  plan: (person, facts) =>
    joined([
      { ...NOTHING, troubles: person.portTroubles },
      ...servicesOf(person).map((service) => {
        const environment = planEnvFile(person, facts, service);
        return environment.troubles.length > 0
          ? environment
          : joined([environment, planUnits(person, facts, service.units)]);
      }),
    ]),
};

function servicesOf(person: Person): Service[] {
  return person.policy.services.filter(
    (service) => selects(service, person.spec.tier) && person.ports[service.name] !== undefined,
  );
}

function planEnvFile(person: Person, facts: Facts, service: Service): SectionPlan {
  const path = expandFor(person, service.envFile);
  const entry = at(facts.system, path);
  if (entry.kind !== 'file' && entry.kind !== 'absent') {
    return onlyTrouble(inTheWay(`write the environment of ${service.name}`, path, entry));
  }
  const before = entry.kind === 'file' ? (entry.text ?? '') : '';
  const wanted = Object.fromEntries(
    Object.entries(service.env).map(([name, value]) => [name, expandFor(person, value)]),
  );
  const content = setVariables(before, wanted, service.unset);
  if (entry.kind === 'file' && content === before && entry.mode === ENV_FILE_MODE) return NOTHING;
  const action: SystemAction = {
    kind: 'write-system-file',
    path,
    content,
    mode: ENV_FILE_MODE,
    before: entry.kind === 'file' ? { kind: 'text', text: before } : { kind: 'absent' },
    sensitive: true,
  };
  return { ...NOTHING, actions: [action] };
}
