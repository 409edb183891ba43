/** Scoped tokens, minted once into a file of the person's, with the directories and units that use them. */
import { selects, type Secret } from '../api/workstation/index.ts';
import type { Action } from './action.ts';
import {
  at,
  expandFor,
  hasPorts,
  inHome,
  planEach,
  joined,
  NOTHING,
  octal,
  onlyTrouble,
  waiting,
} from './common.ts';
import { inTheWay } from './existing.ts';
import type { Facts, Person, Section, SectionPlan } from './section.ts';
import { planUnits, unitsFor } from './units.ts';

export const secrets: Section = {
  name: 'secrets',
  condition: 'SecretsReady',
  applies: (person) => secretsOf(person).length > 0,
  probes(person) {
    const declared = secretsOf(person).filter((secret) => hasPorts(person, secret));
    return {
      home: declared.flatMap(({ path, directories }) =>
        [path, ...directories.map((directory) => directory.path)].map(
          (below) => ({ path: inHome(person, below), read: 'stat' }) as const,
        ),
      ),
      units: declared.flatMap(({ units }) => unitsFor(person, units)),
    };
  },
  plan: (person, facts) =>
    planEach(person, secretsOf(person), (secret) =>
      joined([
        ...secret.directories.map(({ path, mode }) =>
          planDirectory(secret, facts, inHome(person, path), octal(mode)),
        ),
        planToken(person, facts, secret),
        planUnits(person, facts, secret.units),
      ]),
    ),
};

function secretsOf(person: Person): Secret[] {
  return person.policy.secrets.filter((secret) => selects(secret, person.spec.tier));
}

/** The bits of a directory that exists are the person's own. */
function planDirectory({ name }: Secret, facts: Facts, path: string, mode: number): SectionPlan {
  const entry = at(facts.home, path);
  if (entry.kind === 'directory') return NOTHING;
  return entry.kind === 'absent'
    ? { ...NOTHING, actions: [{ kind: 'make-directory', path, mode }] }
    : onlyTrouble(inTheWay(`make a directory for ${name}`, path, entry));
}

function planToken(person: Person, facts: Facts, secret: Secret): SectionPlan {
  const path = inHome(person, secret.path);
  const entry = at(facts.home, path);
  if (entry.kind === 'file' && entry.size > 0) return NOTHING;
  // Whoever is locked out is given no new key to anything.
  if (person.spec.suspended) return NOTHING;
  if (entry.kind !== 'file' && entry.kind !== 'absent')
    return onlyTrouble(inTheWay(`mint ${secret.name}`, path, entry));
  if (!facts.canMint) {
    return onlyTrouble(
      waiting(
        'NoVaultToken',
        `mint ${secret.name}: there is no Vault token that may mint: run apply with VAULT_ADDR and VAULT_TOKEN`,
      ),
    );
  }
  const { policies, period, displayName } = secret.vault;
  const action: Action = {
    kind: 'mint-token',
    path,
    policies: policies.map((policy) => expandFor(person, policy)),
    period,
    displayName: expandFor(person, displayName),
  };
  return { ...NOTHING, actions: [action] };
}
