/** What several tests of the engine need: rosters from text, policies, and random people. */
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { parse, parseDocument, isMap, isScalar } from 'yaml';
import { AccountName } from '../../../src/api/primitives.ts';
import { isSystemAccount, TIERS, UserSpec } from '../../../src/api/user.ts';
import { WorkstationSpec, type Service } from '../../../src/api/workstation/index.ts';
import type { RosterEntry } from '../../../src/roster/entry.ts';

export const rootOf = new URL('../../../', import.meta.url);

export function readText(path: string): string {
  return readFileSync(new URL(path, rootOf), 'utf8');
}

export const devvm = WorkstationSpec.parse(parse(readText('examples/devvm/workstation.yaml')).spec);

/** A roster of the old form, which YAML 1.1 reads; throws on whatever the rules refuse. */
export function rosterFrom(text: string): RosterEntry[] {
  const document = parseDocument(text, { version: '1.1' });
  if (document.errors[0]) throw document.errors[0];
  const users = isMap(document.contents) ? document.contents.get('users', true) : document.contents;
  if (users === null || (isScalar(users) && users.value === null)) return [];
  if (!isMap(users)) throw new Error('no map of users');
  const roster = users.items.map(({ key, value }) => {
    const osUser = AccountName.parse(isScalar(key) ? key.value : key);
    return { osUser, spec: UserSpec.parse(renamed(isMap(value) ? value.toJS(document) : value)) };
  });
  const identities = new Set(roster.map(({ spec }) => spec.authentikUser));
  if (identities.size < roster.length) throw new Error('two people with one identity');
  return roster;
}

function renamed(fields: unknown): unknown {
  if (typeof fields !== 'object' || fields === null) return fields;
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name.replace(/_(.)/g, (_, letter) => letter.toUpperCase()),
      value,
    ]),
  );
}

export function person(osUser: string, spec: Partial<UserSpec> = {}): RosterEntry {
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

export const accountNames = fc
  .stringMatching(/^[a-c_][a-c1_-]{0,3}$/)
  .filter((name) => !isSystemAccount(name) && AccountName.safeParse(name).success);

/** Identities that sort and print awkwardly: digits, letters beyond ASCII and beyond 16 bits. */
const identities = fc.string({
  unit: fc.constantFrom('a', 'B', '1', '9', '.', '"', '\\', 'ж', '\uff5e', '😀'),
  minLength: 1,
  maxLength: 6,
});

export const rosters: fc.Arbitrary<RosterEntry[]> = fc
  .uniqueArray(accountNames, { maxLength: 12 })
  .chain((names) =>
    fc.tuple(
      fc.constant(names),
      fc.uniqueArray(identities, { minLength: names.length, maxLength: names.length }),
      fc.array(fc.constantFrom(...TIERS), { minLength: names.length, maxLength: names.length }),
    ),
  )
  .map(([names, ids, tiers]) =>
    names.map((name, index) => {
      const tier = tiers[index] ?? 'admin';
      const namespaces = tier === 'namespace-owner' ? { namespaces: ['one'] } : {};
      return person(name, { authentikUser: ids[index] ?? name, tier, ...namespaces });
    }),
  );
