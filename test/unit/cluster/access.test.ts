import {
  desiredBindings,
  isOurs,
  MANAGED,
  planAccess,
  userOfBinding,
  bindingName,
} from '../../../src/cluster/access.ts';
import type { Binding } from '../../../src/cluster/kinds.ts';
import type { UserSpec } from '../../../src/api/user.ts';
import { user } from './objects.ts';

const ACCESS = {
  admin: { clusterRole: 'cluster-admin', scope: 'Cluster' },
  'power-user': undefined,
  'namespace-owner': { clusterRole: 'edit', scope: 'Namespaces' },
} as const;

const OWNER: Partial<UserSpec> = { tier: 'namespace-owner', namespaces: ['b', 'a'] };
const emo = (spec: Partial<UserSpec> = {}, meta = {}) => user('emo', { ...OWNER, ...spec }, meta);

describe('what somebody is bound to', () => {
  it('is nothing unless it is configured', () => {
    expect(desiredBindings(emo(), undefined)).toEqual([]);
    expect(desiredBindings(emo({ tier: 'power-user' }), ACCESS)).toEqual([]);
  });

  it('is the role of the tier, as the cluster knows the person, owned by the user', () => {
    expect(desiredBindings(emo({ tier: 'admin' }), ACCESS)).toEqual([
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: {
          name: 'workstation:emo',
          labels: MANAGED,
          ownerReferences: [
            {
              apiVersion: 'workstation.dev/v1alpha1',
              kind: 'WorkstationUser',
              name: 'emo',
              uid: 'uid-of-emo',
            },
          ],
        },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'k8s-emo' }],
      },
    ]);
  });

  it('is one binding in each namespace of theirs', () => {
    const bindings = desiredBindings(emo(), ACCESS);
    expect(bindings.map(({ kind, metadata }) => `${kind} ${metadata.namespace}`)).toEqual([
      'RoleBinding a',
      'RoleBinding b',
    ]);
  });

  it.each([
    ['is suspended', emo({ suspended: true })],
    ['is being deleted', emo({}, { deletionTimestamp: '2026-01-01T00:00:00Z' })],
  ])('is nothing for somebody who %s', (_, about) => {
    expect(desiredBindings(about, ACCESS)).toEqual([]);
  });
});

describe('bindings that are there', () => {
  const wanted = desiredBindings(emo(), ACCESS);
  const [a, b] = wanted as [Binding, Binding];
  const changed = (change: Partial<Binding>): Binding => ({ ...a, ...change });
  const meta = (change: object): Binding => ({ ...a, metadata: { ...a.metadata, ...change } });

  it.each<[string, Binding[], string[]]>([
    ['are made where they are missing', [b], ['create a']],
    ['are left alone where they are right', [a, b], []],
    ['are left alone with what others added', [meta({ labels: { ...MANAGED, team: 'x' } }), b], []],
    ['go where the namespace is dropped', [a, b, meta({ namespace: 'c' })], ['delete c']],
    [
      'go where the whole cluster is not meant',
      [{ ...a, kind: 'ClusterRoleBinding', metadata: { name: 'x' } }, a, b],
      ['delete undefined'],
    ],
    [
      'are made anew for another role',
      [changed({ roleRef: { ...a.roleRef, name: 'view' } }), b],
      ['recreate a'],
    ],
    ['are repaired without their subject', [changed({ subjects: [] }), b], ['repair a']],
    [
      'are repaired with a subject too many',
      [changed({ subjects: [...(a.subjects ?? []), { kind: 'User', name: 'eve' }] }), b],
      ['repair a'],
    ],
    ['are repaired without their label', [meta({ labels: {} }), b], ['repair a']],
    [
      'are repaired with the owner of former times',
      [meta({ ownerReferences: [{ ...a.metadata.ownerReferences![0]!, uid: 'old' }] }), b],
      ['repair a'],
    ],
  ])('%s', (_, found, expected) => {
    const actions = planAccess(wanted, found).map((action) => {
      const { metadata } = 'binding' in action ? action.binding : action.found;
      return `${action.kind} ${metadata.namespace}`;
    });
    expect(actions).toEqual(expected);
  });

  it('go before others come', () => {
    const kinds = planAccess(wanted, [meta({ namespace: 'c' })]).map(({ kind }) => kind);
    expect(kinds).toEqual(['delete', 'create', 'create']);
  });

  it.each<[string, object, boolean]>([
    ['are ours by their label', { ownerReferences: [] }, true],
    ['are ours by their owner', { labels: {} }, true],
    ['are somebody else’s without both', { labels: { team: 'x' }, ownerReferences: [] }, false],
  ])('%s', (_, change, expected) => {
    expect(isOurs(meta(change), emo())).toBe(expected);
  });
});

it('the name of a binding says whose it is', () => {
  expect(userOfBinding(bindingName('emo'))).toBe('emo');
  expect(userOfBinding('cluster-admin')).toBeUndefined();
});
