import { accept, type KnownTiers } from '../../../src/cluster/acceptance.ts';
import { condition, user } from './objects.ts';

const NONE: KnownTiers = { kind: 'none' };
const read = (tiers: Record<string, string>): KnownTiers => ({
  kind: 'read',
  tiers: new Map(Object.entries(tiers)),
});
const UNREAD: KnownTiers = { kind: 'unread', message: 'read the tiers: away' };
const agreed = 'nothing contradicts the spec';

function verdict(tiers: KnownTiers, about = user('emo', { workstation: 'm' })) {
  const { kind, reason, message } = accept(about, { hasWorkstation: true, duplicate: undefined, tiers });
  return `${kind} ${reason}: ${message}`;
}

describe('a user', () => {
  it.each<[string, KnownTiers, string]>([
    ['is accepted where there is nothing to compare with', NONE, `accepted Accepted: ${agreed}`],
    [
      'is accepted where the cluster says the same',
      read({ 'k8s-emo': 'power-user' }),
      `accepted Accepted: ${agreed}`,
    ],
    [
      'is refused where the cluster says another tier',
      read({ 'k8s-emo': 'namespace-owner' }),
      "refused TierConflict: emo: roster tier power-user != k8s_users tier namespace-owner for 'k8s-emo'",
    ],
    [
      'is accepted where the cluster does not know them yet',
      read({ other: 'admin' }),
      "accepted GrantPending: emo: tier power-user but k8s_user 'k8s-emo' absent from k8s_users (kubectl grant pending — add the entry)",
    ],
    ['is accepted where nothing was ever read', UNREAD, 'accepted TierUnverified: read the tiers: away'],
  ])('%s', (_, tiers, expected) => {
    expect(verdict(tiers)).toBe(expected);
  });

  it('is an admin whatever the cluster says', () => {
    const admin = user('emo', { workstation: 'm', tier: 'admin' });
    expect(verdict(read({ 'k8s-emo': 'power-user' }), admin)).toBe(`accepted Accepted: ${agreed}`);
  });

  it('is refused while there is no machine of the name, before anything else', () => {
    const duplicate = { user: user('emo'), reason: 'AccountTaken', message: 'x', field: 'osUser' } as const;
    const found = { hasWorkstation: false, duplicate, tiers: NONE };
    expect(accept(user('emo', { workstation: 'm' }), found)).toEqual({
      kind: 'refused',
      reason: 'WorkstationNotFound',
      message:
        'serve emo: there is no Workstation m: create it, or delete the user and create it anew on another machine',
    });
  });

  it('is refused who claims what an older one has, whatever the tiers say', () => {
    const duplicate = {
      user: user('emo'),
      reason: 'AccountTaken',
      message: 'taken',
      field: 'osUser',
    } as const;
    const found = { hasWorkstation: true, duplicate, tiers: read({ 'k8s-emo': 'admin' }) };
    expect(accept(user('emo'), found)).toEqual({ kind: 'refused', reason: 'AccountTaken', message: 'taken' });
  });
});

describe('a source that does not answer', () => {
  const said = (status: 'True' | 'False', reason: string, generation = 1) =>
    user('emo', {}, {}, [condition('Accepted', status, reason, 'said', generation)]);

  it.each([
    ['leaves a conflict', said('False', 'TierConflict'), 'refused TierConflict: said'],
    ['leaves an agreement', said('True', 'Accepted'), 'accepted Accepted: said'],
    [
      'leaves nothing of another spec',
      said('False', 'TierConflict', 0),
      'accepted TierUnverified: read the tiers: away',
    ],
    ['leaves nothing else', said('False', 'Unplaceable'), 'accepted TierUnverified: read the tiers: away'],
  ])('%s as it was', (_, about, expected) => {
    expect(verdict(UNREAD, about)).toBe(expected);
  });
});
