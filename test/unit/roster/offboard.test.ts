import { groupsToRemove } from '../../../src/roster/accounts.ts';
import { removalOfAllAllowed, removalsAllowed, REVERSIBLE_STAGES } from '../../../src/roster/offboard.ts';
import { devvm } from './fixtures.ts';

it('everything that is done to a leaver can be taken back, in this order', () => {
  expect(REVERSIBLE_STAGES).toEqual([
    'DisableServices',
    'Unmap',
    'RemoveFromServiceGroups',
    'LockLogin',
    'RevokeClusterAccess',
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
  it('that are ours are taken from a leaver, whatever tier they were of', () => {
    const policy = { ...devvm, offboarding: { ...devvm.offboarding, groups: ['web'] } };
    expect(groupsToRemove(policy, ['web', 'own', 'sudo', 'docker'])).toEqual(['docker', 'sudo', 'web']);
  });
});
