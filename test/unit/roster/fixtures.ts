/** What several tests of the engine need: rosters from text, policies, and random people. */
import {
  array,
  constant,
  constantFrom,
  string,
  stringMatching,
  tuple,
  uniqueArray,
  type Arbitrary,
} from '../../property.ts';
import { readText } from '../../text.ts';
import { parse } from 'yaml';
import { catalog } from '../../../src/api/catalog.ts';
import { importRoster, usersFromRoster } from '../../../src/api/roster.ts';
import { isSystemAccount, TIERS, UserSpec } from '../../../src/api/user.ts';
import { WorkstationSpec, type Service } from '../../../src/api/workstation/index.ts';
import type { RosterMember } from '../../../src/roster/member.ts';

export const devvm = WorkstationSpec.parse(parse(readText('examples/devvm/workstation.yaml')).spec);

/** The people of a roster; throws on whatever the rules refuse. */
export function rosterFrom(text: string): RosterMember[] {
  const { entries, problems } = importRoster('roster.yaml', text);
  const { stalled } = catalog(usersFromRoster(entries).map(({ object }) => object));
  const messages = [...problems, ...stalled].map(({ message }) => message);
  if (messages.length > 0) throw new Error(messages.join('\n'));
  return entries.map(({ osUser, spec }) => ({ osUser, spec }));
}

export function person(osUser: string, spec: Partial<UserSpec> = {}): RosterMember {
  return {
    osUser,
    spec: UserSpec.parse({ authentikUser: osUser, k8sUser: osUser, tier: 'power-user', ...spec }),
  };
}

export function service(name: string, fields: Partial<Service> = {}): Service {
  return {
    name,
    port: { base: 4000, last: 65535 },
    envFile: `/etc/x/${name}-\${user}.env`,
    env: { PORT: `\${port.${name}}` },
    unset: [],
    units: [],
    ...fields,
  };
}

export const accountNames = stringMatching(/^[a-c_][a-c1_-]{0,3}$/).filter((name) => !isSystemAccount(name));

/** Identities that sort and print awkwardly: digits, letters beyond ASCII and beyond 16 bits. */
const identities = string({
  unit: constantFrom('a', 'B', '1', '9', '.', '"', '\\', 'ж', '\uff5e', '😀'),
  minLength: 1,
  maxLength: 6,
});

export const rosters: Arbitrary<RosterMember[]> = uniqueArray(accountNames, { maxLength: 12 })
  .chain((names) =>
    tuple(
      constant(names),
      uniqueArray(identities, { minLength: names.length, maxLength: names.length }),
      array(constantFrom(...TIERS), { minLength: names.length, maxLength: names.length }),
    ),
  )
  .map(([names, ids, tiers]) =>
    names.map((name, index) => {
      const tier = tiers[index] ?? 'admin';
      const namespaces = tier === 'namespace-owner' ? { namespaces: ['one'] } : {};
      return person(name, { authentikUser: ids[index] ?? name, tier, ...namespaces });
    }),
  );
