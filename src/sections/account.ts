/** The account, its home and its groups. Existing accounts are only ever added to. */
import type { AccountAction } from './action.ts';
import { at, octal, onlyTrouble, refused } from './common.ts';
import { inTheWay } from './existing.ts';
import type { AccountFacts } from './facts.ts';
import { lockActions, mayBeOurLock, refusalOf } from './leave.ts';
import type { Facts, Person, Section, SectionPlan } from './section.ts';

export const account: Section = {
  name: 'account',
  condition: 'AccountReady',
  applies: () => true,
  probes: ({ home }) => ({ system: [{ path: home, read: 'stat' }] }),
  plan: (person, facts) => (facts.account ? keep(person, facts, facts.account) : create(person, facts)),
};

function create(person: Person, facts: Facts): SectionPlan {
  const found = at(facts.system, person.home);
  if (found.kind === 'blocked') {
    return onlyTrouble(inTheWay(`create account ${person.osUser}`, person.home, found));
  }
  if (found.kind !== 'absent') {
    return onlyTrouble(
      refused(
        'HomeExists',
        `create account ${person.osUser}: ${person.home} exists already and may be a departed person's: move it away`,
      ),
    );
  }
  const { shell, homeMode } = person.policy.accounts;
  const { present, notes } = groupsOf(person, facts);
  const action: AccountAction = {
    kind: 'create-account',
    shell,
    home: person.home,
    homeMode: octal(homeMode),
    groups: present,
  };
  const lock: AccountAction[] = person.spec.suspended ? [{ kind: 'lock-account' }] : [];
  return { actions: [action, ...lock], troubles: [], notes };
}

function keep(person: Person, facts: Facts, found: AccountFacts): SectionPlan {
  const why = refusalOf(found);
  if (why !== undefined) return onlyTrouble(refused('UnsafeAccount', `keep account ${found.name}: ${why}`));
  const home = at(facts.system, person.home);
  if (home.kind !== 'directory' && home.kind !== 'absent') {
    return onlyTrouble(inTheWay(`keep account ${found.name}`, person.home, home));
  }
  const { present, notes } = groupsOf(person, facts);
  const missingGroups = present.filter((group) => !found.groups.includes(group));
  return {
    troubles: [],
    actions: [
      ...completion(person, found, home.kind === 'absent'),
      ...missingGroups.map((group) => ({ kind: 'add-to-group', group }) as const),
      ...access(person, facts, found),
    ],
    notes: [...notes, ...notesOnAccess(person, found)],
  };
}

function completion(person: Person, found: AccountFacts, homeless: boolean): AccountAction[] {
  const missing = [
    ...(found.password === 'missing' ? (['shadow'] as const) : []),
    ...(homeless ? (['home'] as const) : []),
  ];
  if (missing.length === 0) return [];
  const { home, policy } = person;
  return [{ kind: 'complete-account', missing, home, homeMode: octal(policy.accounts.homeMode) }];
}

/** Locks whoever is suspended, and lets back in whom we locked and nobody suspends any more. */
function access(person: Person, facts: Facts, found: AccountFacts): AccountAction[] {
  if (person.spec.suspended && found.password === 'unknown') return [];
  if (person.spec.suspended) return lockActions(found, facts.hasProcesses);
  return mayBeOurLock(found) && facts.cut ? [{ kind: 'unlock-account' }] : [];
}

function notesOnAccess({ spec }: Person, { name, password }: AccountFacts): string[] {
  return spec.suspended && password === 'unknown'
    ? [`${name} has no line in /etc/shadow here, and can only be locked where the account is kept`]
    : [];
}

function groupsOf(person: Person, facts: Facts): { present: string[]; notes: string[] } {
  const wanted = [...person.policy.accounts.groups[person.spec.tier], ...givenBack(person, facts)];
  const absent = wanted.filter((group) => !facts.groups.has(group));
  return {
    present: wanted.filter((group) => facts.groups.has(group)),
    notes: absent.map(
      (group) => `group ${group} does not exist on this machine: ${person.osUser} is added once it does`,
    ),
  };
}

/** Who comes back is again in the groups of the cut, but for those of tiers: which of these, the tier of now says. */
function givenBack({ policy }: Person, { cutGroups }: Facts): string[] {
  const ofTiers = new Set(Object.values(policy.accounts.groups).flat());
  return cutGroups.filter((group) => !ofTiers.has(group));
}
