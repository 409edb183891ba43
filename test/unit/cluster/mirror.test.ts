import { ROSTER_ORIGIN } from '../../../src/api/marks.ts';
import { planMirror } from '../../../src/cluster/mirror.ts';
import { rosterOf, type ReadRoster } from '../../../src/cluster/rostertext.ts';
import type { ClusterUser } from '../../../src/cluster/kinds.ts';
import { user } from './objects.ts';

const ORIGIN = 'people/roster';

/** `NAME` or `NAME: TIER`, as entries. */
function roster(...entries: string[]): ReadRoster {
  const lines = entries.map((entry) => {
    const [name = '', tier = 'power-user'] = entry.split(': ');
    return `  ${name}: {authentik_user: sso-${name}, k8s_user: k8s-${name}, tier: ${tier}}`;
  });
  const read = rosterOf('f', `users:\n${lines.join('\n')}\n`);
  if (!('roster' in read)) throw new Error('the roster of the test is not sound');
  return read.roster;
}

const mirrored = (name: string, spec = {}, meta = {}) =>
  user(name, { workstation: 'm', ...spec }, { annotations: { [ROSTER_ORIGIN]: ORIGIN }, ...meta });

function outcome(read: ReadRoster, users: readonly ClusterUser[], limit = 1, confirmed?: string) {
  const plan = planMirror({ roster: read, origin: ORIGIN, workstation: 'm', users, limit, confirmed });
  return {
    applied: [...plan.applied].map(
      ([name, { osUser, tier }]) => `${name}${osUser ? `(${osUser})` : ''} ${tier}`,
    ),
    deleted: plan.deleted.map(({ metadata }) => metadata.name),
    held: plan.held,
    troubles: plan.troubles,
  };
}

const NOTHING = { applied: [], deleted: [], held: undefined, troubles: [] };

describe('a mirrored roster', () => {
  it('makes users of its entries, on its machine', () => {
    expect(outcome(roster('emo', 'e_2: admin'), [])).toEqual({
      ...NOTHING,
      applied: ['emo power-user', 'e-2(e_2) admin'],
    });
    const { applied } = planMirror({
      roster: roster('emo'),
      origin: ORIGIN,
      workstation: 'm',
      users: [],
      limit: 1,
      confirmed: undefined,
    });
    expect(applied.get('emo')?.workstation).toBe('m');
  });

  it('leaves alone what is so already', () => {
    expect(
      outcome(roster('emo', 'e_2'), [
        mirrored('emo'),
        mirrored('e-2', { osUser: 'e_2', authentikUser: 'sso-e_2', k8sUser: 'k8s-e_2' }),
      ]),
    ).toEqual(NOTHING);
  });

  it('changes a user with the entry', () => {
    expect(outcome(roster('emo: admin'), [mirrored('emo')]).applied).toEqual(['emo admin']);
  });

  it('keeps the name of a user whatever other accounts come', () => {
    const other = mirrored('a-b', { osUser: 'a_b', authentikUser: 'sso-a_b', k8sUser: 'k8s-a_b' });
    expect(outcome(roster('a-b', 'a_b'), [other])).toEqual({
      ...NOTHING,
      troubles: [expect.stringMatching(/^mirror a-b: there is another WorkstationUser of that name/)],
    });
  });

  it('deletes who is gone, and nobody whom it did not make', () => {
    const users = [
      mirrored('emo'),
      mirrored('ada'),
      user('guest'),
      mirrored('x', {}, { annotations: { [ROSTER_ORIGIN]: 'people/other' } }),
    ];
    expect(outcome(roster('emo'), users)).toEqual({ ...NOTHING, deleted: ['ada'] });
  });

  it('does not change somebody else’s user of the same name', () => {
    expect(outcome(roster('emo'), [user('emo', { tier: 'admin' })])).toEqual({
      ...NOTHING,
      troubles: [
        'mirror emo: there is another WorkstationUser of that name, which this roster has not made: delete or rename one',
      ],
    });
  });

  it('leaves somebody who is on the way out in peace, and counts them no more', () => {
    const leaving = { annotations: { [ROSTER_ORIGIN]: ORIGIN }, deletionTimestamp: '2026-01-01T00:00:00Z' };
    expect(
      outcome(roster('emo: admin'), [mirrored('emo', {}, leaving), mirrored('ada', {}, leaving)]),
    ).toEqual(NOTHING);
  });

  it('holds all deletions beyond the limit, and goes on with the rest', () => {
    const users = [mirrored('ada'), mirrored('bob'), mirrored('emo')];
    const read = roster('emo: admin');
    expect(outcome(read, users)).toEqual({
      ...NOTHING,
      applied: ['emo admin'],
      held: `delete 2 users who are gone from the roster (ada, bob): the limit is 1: declare them again, or confirm: kubectl annotate --overwrite configmap -n people roster workstation.dev/confirm-removals=${read.digest}`,
    });
    expect(outcome(read, users, 1, read.digest).deleted).toEqual(['ada', 'bob']);
    expect(outcome(read, users, 1, roster('emo').digest).deleted).toEqual([]);
    expect(outcome(read, users, 2).deleted).toEqual(['ada', 'bob']);
  });

  it('that declares nobody deletes nobody, however few they are', () => {
    const read = rosterOf('f', 'users: {}\n');
    if (!('roster' in read)) throw new Error('an empty roster is sound');
    expect(outcome(read.roster, [mirrored('ada')])).toMatchObject({
      deleted: [],
      held: expect.stringContaining('declares nobody'),
    });
    expect(outcome(read.roster, [mirrored('ada')], 1, read.roster.digest).deleted).toEqual(['ada']);
  });

  it('deletes nobody whose entry is unsound, and says what is wrong with it', () => {
    expect(outcome(roster('emo', 'ada: queen'), [mirrored('emo'), mirrored('ada')])).toEqual({
      ...NOTHING,
      troubles: [expect.stringMatching(/^f:3:\d+: users\.ada\.tier: found "queen"/)],
    });
  });

  it.each([
    ['is no YAML', 'users: [', /f:/],
    ['is no mapping', '- a\n', /must be a mapping with the key users/],
    ['lacks its key', 'people: {}\n', /users: missing/],
    ['has an account twice', 'users:\n  a: {}\n  a: {}\n', /a/],
    ['has two documents', 'users: {}\n---\nusers: {}\n', /second document/],
    ['holds nothing', '', undefined],
  ])('that %s says nothing of anybody', (_, text, problem) => {
    const read = rosterOf('f', text);
    expect('problems' in read).toBe(true);
    const [first] = 'problems' in read ? read.problems : [];
    if (problem !== undefined) expect(`${first?.file}:${first?.message}`).toMatch(problem);
  });
});
