import { groupsToAdd, groupsToRemove } from '../../../src/roster/accounts.ts';
import { offboardPlan, removalOfAllAllowed, removalsAllowed, toDeprovision } from '../../../src/roster/offboard.ts';
import { devvm } from './fixtures.ts';

const REVERSIBLE = [
  'DisableServices',
  'Unmap',
  'RemoveFromServiceGroups',
  'LockLogin',
  'RevokeClusterAccess',
];

it('those must go who were declared and are no more', () => {
  expect(toDeprovision(['b', 'a-b', 'c', 'a1'], ['c', 'new'])).toEqual(['a-b', 'a1', 'b']);
});

it('everything that is done to a leaver can be taken back', () => {
  const plan = offboardPlan(['b', 'a'], { archive: false });
  expect(plan.map(({ osUser, stage }) => `${osUser} ${stage}`)).toEqual(
    ['a', 'b'].flatMap((name) => REVERSIBLE.map((stage) => `${name} ${stage}`)),
  );
  expect(plan.every(({ reversible }) => reversible)).toBe(true);
});

it('the archive comes last, only when asked for, and cannot be taken back', () => {
  const plan = offboardPlan(['a'], { archive: true });
  expect(plan.map(({ stage }) => stage)).toEqual([...REVERSIBLE, 'Archive']);
  expect(plan.filter(({ reversible }) => !reversible)).toEqual([
    { osUser: 'a', stage: 'Archive', reversible: false },
  ]);
});

describe('removalsAllowed', () => {
  it('allows as many as the limit', () => {
    expect(removalsAllowed(['a', 'b', 'a'], 2)).toEqual({ allowed: true });
    expect(removalsAllowed([], 0)).toEqual({ allowed: true });
  });

  it('names those of whom there are too many', () => {
    expect(removalsAllowed(['b', 'a'], 1)).toEqual({
      allowed: false,
      message:
        'remove 2 people (a, b): massRemovalLimit is 1: confirm the removal, raise the limit or correct the roster',
    });
  });

  it('names no more than ten', () => {
    const names = Array.from({ length: 12 }, (_, index) => `u${index + 10}`);
    expect(removalsAllowed(names, 0)).toMatchObject({
      message: expect.stringContaining('u18, u19 and 2 more)'),
    });
  });
});

describe('removalOfAllAllowed', () => {
  it('wants everybody’s removal confirmed, however few they are', () => {
    expect(removalOfAllAllowed(['b', 'a'], 1)).toEqual({
      allowed: false,
      message:
        'remove 2 people (a, b): nobody is declared any more: confirm the removal or correct the roster',
    });
    expect(removalOfAllAllowed(['b', 'a'], 2)).toEqual({ allowed: true });
    expect(removalOfAllAllowed([], 0)).toEqual({ allowed: true });
  });
});

describe('groups', () => {
  it('are only added', () => {
    expect(groupsToAdd(['sudo', 'docker', 'sudo'], ['docker', 'legacy'])).toEqual(['sudo']);
  });

  it('that are ours are taken from a leaver, whatever tier they were of', () => {
    const policy = { ...devvm, offboarding: { ...devvm.offboarding, groups: ['web'] } };
    expect(groupsToRemove(policy, ['web', 'own', 'sudo', 'docker'])).toEqual(['docker', 'sudo', 'web']);
  });
});
