import * as fc from '../../property.ts';
import { parse } from 'yaml';
import { exportRoster, importRoster, usersFromRoster } from '../../../src/api/roster.ts';
import { printProblem } from '../../../src/api/text/problem.ts';
import { isSystemAccount, osUserOf, TIERS, WorkstationUser } from '../../../src/api/user.ts';
import { roster } from './cases/roster.ts';

const usersOf = (text: string) =>
  usersFromRoster(importRoster('f', text).entries).map(({ object }) => object);

describe('a roster', () => {
  it.each(Object.entries(roster))('with %s', (_, { text, problems, warnings = [] }) => {
    const found = importRoster('f', text);
    expect(found.problems.map((problem) => printProblem(problem).replace(/^f:/, ''))).toEqual(problems);
    expect(found.warnings.map((warning) => printProblem(warning).replace(/^f:/, ''))).toEqual(warnings);
  });

  it('gives its sound entries though others have problems', () => {
    const { entries } = importRoster(
      'f',
      'users:\n  a: {authentik_user: a, k8s_user: a, tier: admin}\n  b: {}\n',
    );
    expect(entries.map(({ osUser }) => osUser)).toEqual(['a']);
  });

  it('points at the account for a problem of the name, and at the key for one of a field', () => {
    const [user] = usersFromRoster(
      importRoster('f', 'users:\n  a: {authentik_user: a, k8s_user: a, tier: admin}\n').entries,
    );
    const at = (path: string[]) => user && printProblem(user.problem(path, 'x'));
    expect(at(['metadata', 'name'])).toBe('f:2:3: users.a: x');
    expect(at(['spec', 'osUser'])).toBe('f:2:3: users.a: x');
    expect(at(['spec', 'authentikUser'])).toBe('f:2:23: users.a.authentik_user: x');
  });
});

describe('users from a roster', () => {
  it('are called like their accounts, or nearly so where the API does not allow it', () => {
    const accounts = ['e-mo', 'e_mo', 'e_-mo_', '_', 'user', 'plain', 'e-mo-'];
    const text = accounts
      .map((name) => `  ${name}: {authentik_user: ${name}, k8s_user: a, tier: admin}\n`)
      .join('');
    expect(usersOf(`users:\n${text}`).map((user) => [user.metadata.name, user.spec.osUser])).toEqual([
      ['e-mo', undefined],
      ['e-mo-2', 'e_mo'],
      ['e--mo', 'e_-mo_'],
      ['user-2', '_'],
      ['user', undefined],
      ['plain', undefined],
      ['e-mo-3', 'e-mo-'],
    ]);
  });

  it('are the same after they were a roster again', () => {
    fc.assert(
      fc.property(people(), (users) => {
        const text = exportRoster(users);
        const again = usersOf(text);
        expect(importRoster('f', text)).toMatchObject({ problems: [], warnings: [] });
        expect(again.map(comparable)).toEqual(users.map(comparable));
        for (const user of again) expect(WorkstationUser.safeParse(user).success).toBe(true);
        expect(exportRoster(again)).toBe(text);
      }),
      { numRuns: 50 },
    );
  });

  it('are written so that YAML 1.1 reads the same', () => {
    fc.assert(
      fc.property(people(), (users) => {
        const text = exportRoster(users);
        expect(parse(text, { version: '1.1' })).toEqual(parse(text));
      }),
      { numRuns: 50 },
    );
  });

  it('of nobody are a roster too', () => {
    expect(exportRoster([])).toBe('users: {}\n');
  });
});

/** What a roster keeps of a user: all but the name of the object. */
function comparable(user: WorkstationUser): unknown {
  const { osUser: _, ...spec } = user.spec;
  return { account: osUserOf(user), spec: { namespaces: [], repos: [], ...spec } };
}

function people(): fc.Arbitrary<WorkstationUser[]> {
  const account = text('ab0_-', 1, 32).filter((name) => /^[a-z_]/.test(name) && !isSystemAccount(name));
  return fc.uniqueArray(account.chain(person), { selector: osUserOf, maxLength: 6 });
}

function person(osUser: string): fc.Arbitrary<WorkstationUser> {
  const word = fc.oneof(
    fc.constantFrom(
      'yes',
      'no',
      'null',
      '1_000',
      '0x1f',
      '12:30',
      '1e3',
      '2026-01-31',
      '~',
      'a: b',
      'é',
      '- a',
      "'",
    ),
    text('aZe01._@-', 1, 20),
  );
  const names = fc.uniqueArray(text('abe01', 1, 8), { minLength: 1, maxLength: 3 });
  return fc
    .record({
      authentikUser: word,
      k8sUser: word,
      tier: fc.constantFrom(...TIERS),
      names,
      hasWorkspace: fc.boolean(),
      suspended: fc.boolean(),
      offboarding: fc.constantFrom('Retain' as const, 'Archive' as const),
      workstation: fc.option(fc.constantFrom('devvm', 'other'), { nil: undefined }),
      workstationSelector: fc.option(fc.constantFrom({ disk: 'ssd' }, { 'x.org/zone': 'no', y: '1' }), {
        nil: undefined,
      }),
    })
    .map(({ names, hasWorkspace, workstation, ...rest }) => ({
      apiVersion: 'workstation.dev/v1alpha1' as const,
      kind: 'WorkstationUser' as const,
      metadata: { name: 'any' },
      spec: {
        ...rest,
        osUser,
        codeLayout: hasWorkspace ? ('workspace' as const) : ('single' as const),
        ...(rest.tier === 'namespace-owner' ? { namespaces: names } : {}),
        ...(hasWorkspace ? { repos: names.filter((name) => name !== 'infra') } : {}),
        ...(workstation === undefined ? {} : { workstation }),
      },
    }));
}

function text(characters: string, minLength: number, maxLength: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...characters.split('')), minLength, maxLength });
}
