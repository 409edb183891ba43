import { isLockedOut, planLeave, type LeaveFacts } from '../../../src/sections/leave.ts';
import { NOTHING } from '../../../src/sections/common.ts';
import { accountOf, person, policy, RUNNING, troublesOf } from './build.ts';

const emo = person();
const unmap = { ...NOTHING, notes: ['the maps'] };
const withGroups = policy({ offboarding: { groups: ['emo-friends'] } });

function stages(facts: Partial<LeaveFacts>) {
  return planLeave(withGroups, { units: new Map(), hasProcesses: false, ...facts }, unmap);
}

function actionsOf(facts: Partial<LeaveFacts>) {
  return [...stages(facts)].flatMap(([stage, { actions }]) =>
    actions.map((action) => ({ stage, ...action })),
  );
}

describe('the cut', () => {
  it('has all its stages in their order, the maps among them', () => {
    expect([...stages({}).keys()]).toEqual([
      'DisableServices',
      'Unmap',
      'RemoveFromServiceGroups',
      'LockLogin',
      'RevokeClusterAccess',
    ]);
    expect(stages({}).get('Unmap')).toBe(unmap);
  });

  it('takes away services, groups and login, in this order, and deletes nothing', () => {
    const account = accountOf(emo, {
      groups: ['emo', 'own', 'docker', 'sudo', 'emo-friends'],
      password: 'set',
    });
    const units = new Map([['t3-serve@emo.service', RUNNING]]);
    expect(actionsOf({ account, units, hasProcesses: true })).toEqual([
      { stage: 'DisableServices', kind: 'disable-unit', unit: 't3-serve@emo.service' },
      { stage: 'RemoveFromServiceGroups', kind: 'remove-from-group', group: 'docker' },
      { stage: 'RemoveFromServiceGroups', kind: 'remove-from-group', group: 'emo-friends' },
      { stage: 'RemoveFromServiceGroups', kind: 'remove-from-group', group: 'sudo' },
      { stage: 'LockLogin', kind: 'lock-account' },
      { stage: 'LockLogin', kind: 'end-processes' },
    ]);
  });

  it('that is made already has nothing left', () => {
    const units = new Map([
      ['t3-serve@emo.service', { ...RUNNING, enabled: false, active: 'inactive' } as const],
    ]);
    expect(actionsOf({ account: accountOf(emo, { expires: 1 }), units })).toEqual([]);
  });

  it('that was broken off goes on where it stopped', () => {
    const account = accountOf(emo, { expires: 1, groups: ['emo', 'sudo'] });
    expect(actionsOf({ account, hasProcesses: true })).toEqual([
      { stage: 'RemoveFromServiceGroups', kind: 'remove-from-group', group: 'sudo' },
      { stage: 'LockLogin', kind: 'end-processes' },
    ]);
  });

  it('of somebody without an account is of the services only', () => {
    const units = new Map([['t3-serve@emo.service', RUNNING]]);
    expect(actionsOf({ units, hasProcesses: true }).map(({ stage }) => stage)).toEqual(['DisableServices']);
  });

  it.each([
    [
      accountOf(emo, { name: 'backup', groups: ['sudo'] }),
      'cut backup: it is a system account, choose another osUser',
    ],
    [accountOf(emo, { refusal: 'it shares uid 0 with root' }), 'cut emo: it shares uid 0 with root'],
  ])('never touches the account of the system', (account, message) => {
    const plans = stages({ account, hasProcesses: true });
    expect([...plans.values()].flatMap(({ actions }) => actions)).toEqual([]);
    for (const stage of ['RemoveFromServiceGroups', 'LockLogin'] as const) {
      const plan = plans.get(stage);
      expect(plan && troublesOf(plan)).toEqual([`Refused UnsafeAccount: ${message}`]);
    }
  });
});

it.each([
  [{ password: 'locked', expires: 1 }, true],
  [{ password: 'locked', expires: 0 }, true],
  [{ password: 'set', expires: 1 }, false],
  [{ password: 'locked' }, false],
  [{ password: 'locked', expires: 20_000 }, false],
  [{ password: 'missing', expires: 1 }, false],
] as const)('an account with %j is locked out: %s', (found, wanted) => {
  expect(isLockedOut(accountOf(emo, found))).toBe(wanted);
});
