import type { UserSpec } from '../../../src/api/user.ts';
import {
  CLUSTER_ROLE_BINDINGS,
  CLUSTER_ROLES,
  roleBindings,
  USERS,
  WORKSTATIONS,
  type Binding,
} from '../../../src/cluster/kinds.ts';
import { ApiError } from '../../../src/kubernetes/api.ts';
import { user, workstation } from './objects.ts';
import { Stage } from './stage.ts';

const POLICY = {
  clusterAccess: {
    admin: { clusterRole: 'root', scope: 'Cluster' },
    'namespace-owner': { clusterRole: 'edit', scope: 'Namespaces' },
  },
};
const OWNER: Partial<UserSpec> = { tier: 'namespace-owner', namespaces: ['a', 'b'], workstation: 'm' };

let stage: Stage;
beforeEach(async () => {
  stage = new Stage();
  for (const name of ['root', 'edit']) stage.server.put(CLUSTER_ROLES, { metadata: { name } });
  await stage.machine('m', POLICY);
  stage.requests();
});
afterEach(() => stage.stop());

/** `NAMESPACE ROLE SUBJECTS` of all bindings. */
function bindings(): string[] {
  return [roleBindings(), CLUSTER_ROLE_BINDINGS]
    .flatMap((resource) => stage.server.all(resource) as Binding[])
    .map(({ metadata, roleRef, subjects }) =>
      [metadata.namespace ?? '*', roleRef.name, ...(subjects ?? []).map(({ name }) => name)].join(' '),
    )
    .sort();
}

async function change(spec: object): Promise<void> {
  await stage.put(USERS, {
    metadata: { name: 'emo' },
    spec: { ...stage.user('emo').spec, ...spec },
  } as never);
}

const access = () => stage.conditions('emo')['ClusterAccessReady'];

describe('access to the cluster', () => {
  it('is given with acceptance, and said in the same write', async () => {
    await stage.person('emo', OWNER);
    expect(bindings()).toEqual(['a edit k8s-emo', 'b edit k8s-emo']);
    expect(access()).toBe('True/Bound');
    expect(stage.requests()).toEqual([
      'merge workstationusers/emo',
      'create rolebindings/a/workstation:emo',
      'create rolebindings/b/workstation:emo',
      'apply-status workstationusers/emo',
    ]);
  });

  it.each<[string, () => Promise<void> | void, string[], string | undefined]>([
    [
      'follows a namespace',
      () => change({ namespaces: ['b', 'c'] }),
      ['b edit k8s-emo', 'c edit k8s-emo'],
      'True/Bound',
    ],
    [
      'follows the tier',
      () => change({ tier: 'admin', namespaces: undefined }),
      ['* root k8s-emo'],
      'True/Bound',
    ],
    [
      'ends with a tier that has none',
      () => change({ tier: 'power-user', namespaces: undefined }),
      [],
      undefined,
    ],
    ['ends while somebody is suspended', () => change({ suspended: true }), [], undefined],
    ['ends when it is configured no more', () => stage.put(WORKSTATIONS, workstation('m')), [], undefined],
    [
      'follows the role',
      () =>
        stage.put(
          WORKSTATIONS,
          workstation('m', {
            clusterAccess: { 'namespace-owner': { clusterRole: 'root', scope: 'Namespaces' } },
          }),
        ),
      ['a root k8s-emo', 'b root k8s-emo'],
      'True/Bound',
    ],
    [
      'comes back when a binding is deleted',
      () => stage.server.remove(roleBindings('a'), 'workstation:emo'),
      ['a edit k8s-emo', 'b edit k8s-emo'],
      'True/Bound',
    ],
    [
      'is repaired when a subject is added',
      () =>
        stage.put(roleBindings('a'), {
          metadata: { name: 'workstation:emo' },
          subjects: [{ kind: 'User', name: 'eve' }],
        } as never),
      ['a edit k8s-emo', 'b edit k8s-emo'],
      'True/Bound',
    ],
    [
      'is repaired when the role is changed',
      () =>
        stage.put(roleBindings('a'), {
          metadata: { name: 'workstation:emo' },
          roleRef: { kind: 'ClusterRole', name: 'root' },
        } as never),
      ['a edit k8s-emo', 'b edit k8s-emo'],
      'True/Bound',
    ],
    [
      'is repaired when the label is taken off',
      () =>
        stage.put(roleBindings('a'), {
          metadata: { name: 'workstation:emo', labels: {} },
          subjects: [],
        } as never),
      ['a edit k8s-emo', 'b edit k8s-emo'],
      'True/Bound',
    ],
  ])('%s', async (_, happens, expected, said) => {
    await stage.person('emo', OWNER);
    await happens();
    await stage.settle();
    expect(bindings()).toEqual(expected);
    expect(access()).toBe(said);
  });

  it('is not given twice when nothing has changed', async () => {
    await stage.person('emo', OWNER);
    stage.requests();
    await stage.put(USERS, { metadata: { name: 'emo', labels: { team: 'x' } } });
    expect(stage.requests()).toEqual([]);
  });

  it('waits for its role, and is given once that is there', async () => {
    stage.server.remove(CLUSTER_ROLES, 'edit');
    await stage.settle();
    await stage.person('emo', OWNER);
    expect(bindings()).toEqual([]);
    expect(access()).toBe('False/ClusterRoleNotFound');
    await stage.put(CLUSTER_ROLES, { metadata: { name: 'edit' } });
    expect(bindings()).toEqual(['a edit k8s-emo', 'b edit k8s-emo']);
    expect(access()).toBe('True/Bound');
  });

  it.each([
    [404, 'NotFound', 'False/NamespaceNotFound'],
    [403, 'Forbidden', 'False/Forbidden'],
  ])(
    'that one namespace refuses with %i is given in the others, and tried again',
    async (status, reason, said) => {
      let refuses = true;
      stage.server.refuse = (request) => {
        if (refuses && request === 'create rolebindings/a/workstation:emo')
          throw new ApiError('no', { status, reason });
      };
      await stage.person('emo', OWNER);
      expect(bindings()).toEqual(['b edit k8s-emo']);
      expect(access()).toBe(said);
      refuses = false;
      for (let turns = 0; turns < 7; turns++) await stage.pass(10_000).then(() => stage.renew('m'));
      expect(access()).toBe('True/Bound');
    },
  );

  it('does not take over somebody else’s binding of the same name', async () => {
    const foreign = {
      metadata: { name: 'workstation:emo' },
      roleRef: { kind: 'ClusterRole', name: 'view' },
      subjects: [],
    };
    await stage.put(roleBindings('a'), foreign);
    await stage.person('emo', OWNER);
    expect(bindings()).toEqual(['a view', 'b edit k8s-emo']);
    expect(access()).toBe('False/BindingTaken');
  });

  it('is not given to who is refused, and what they have is left', async () => {
    await stage.person('emo', OWNER);
    await stage.put(
      USERS,
      user('older', { workstation: 'm', osUser: 'emo' }, { creationTimestamp: '2020-01-01T00:00:00Z' }),
    );
    await change({ namespaces: ['a', 'b', 'c'] });
    expect(stage.conditions('emo')['Accepted']).toBe('False/AccountTaken');
    expect(access()).toBe('False/NotAccepted');
    expect(bindings()).toEqual(['a edit k8s-emo', 'b edit k8s-emo']);
  });

  it('ends the moment somebody is deleted, before the cut', async () => {
    await stage.person('emo', OWNER);
    stage.server.remove(USERS, 'emo');
    await stage.settle();
    expect(bindings()).toEqual([]);
    expect(stage.server.read(USERS, 'emo')).toBeDefined();
    await stage.cut('emo');
    expect(stage.server.read(USERS, 'emo')).toBeUndefined();
  });

  it('does not outlive somebody by a binding without its label', async () => {
    await stage.person('emo', OWNER);
    stage.server.refuse = (request) => {
      if (request === 'create rolebindings/a/workstation:emo') throw new ApiError('no', { status: 403 });
    };
    await stage.put(roleBindings('a'), { metadata: { name: 'workstation:emo', labels: {} } });
    stage.server.remove(USERS, 'emo');
    await stage.settle();
    expect(bindings()).toEqual(['a edit k8s-emo']);
    await stage.cut('emo');
    expect(bindings()).toEqual([]);
    expect(stage.server.read(USERS, 'emo')).toBeUndefined();
  });
});
