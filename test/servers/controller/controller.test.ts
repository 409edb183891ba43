import { OFFBOARD_FINALIZER } from '../../../src/api/marks.ts';
import type { Binding } from '../../../src/cluster/kinds.ts';
import { describeServers } from '../../harness/requirements.ts';
import { until, USERS } from '../../harness/servers/crds.ts';
import { ClusterStage, condition, person, quiet, RBAC, type Running } from './stage.ts';

const READY = condition('Ready', 'True', 'Ready');

describeServers('the controller on an API server', ['etcd', 'kube-apiserver'], () => {
  let stage: ClusterStage;
  let running: Running;

  beforeAll(async () => {
    stage = await ClusterStage.open();
    running = await stage.run();
    await stage.create('/api/v1/namespaces', { metadata: { name: 'people' } });
    await stage.create(`${RBAC}/clusterroles`, { metadata: { name: 'team' }, rules: [] });
    await stage.machine('devvm', {
      clusterTiers: { configMap: { namespace: 'people', name: 'tiers', field: 'map' } },
      clusterAccess: {
        admin: { clusterRole: 'team', scope: 'Cluster' },
        'namespace-owner': { clusterRole: 'team', scope: 'Namespaces' },
      },
    });
    await stage.create('/api/v1/namespaces/people/configmaps', {
      metadata: { name: 'tiers' },
      data: { map: JSON.stringify({ 'k8s-cyd': 'admin' }) },
    });
  });
  afterAll(async () => {
    await running.stop();
    await stage.stop();
  });

  /** Subjects of the binding of a user, in a namespace or in the whole cluster. */
  async function bound(name: string, namespace?: string): Promise<string[] | undefined> {
    const where = namespace === undefined ? 'clusterrolebindings' : `namespaces/${namespace}/rolebindings`;
    const binding = await stage.read<Binding>(`${RBAC}/${where}/workstation:${name}`);
    return binding && (binding.subjects ?? []).map((subject) => `${binding.roleRef.name} ${subject.name}`);
  }

  it('places, accepts and binds a new person, with one write of the status', async () => {
    await stage.person('ada', { tier: 'admin' });
    await stage.said(person('ada'), 'ClusterAccessReady', 'True/Bound');
    const user = await stage.user('ada');
    expect(user?.spec['workstation']).toBe('devvm');
    expect(user?.metadata.finalizers).toEqual([OFFBOARD_FINALIZER]);
    expect(await stage.conditions(person('ada'))).toEqual({
      Accepted: 'True/Accepted',
      ClusterAccessReady: 'True/Bound',
      Ready: 'Unknown/Pending',
    });
    expect(await bound('ada')).toEqual(['team k8s-ada']);
    const writes = running.exchanges().filter(({ path }) => path === `${person('ada')}/status`);
    expect(writes.map(({ status }) => status)).toEqual([200]);
  });

  it('is told apart from the agent: each keeps what the other does not say', async () => {
    const generation = (await stage.user('ada'))?.metadata.generation;
    expect(await stage.says(person('ada'), [condition('Ready', 'True', 'Ready', generation)])).toMatchObject({
      status: 200,
    });
    await stage.change(person('ada'), { spec: { codeLayout: 'workspace' } });
    await until('the new spec is accepted', async () => {
      const conditions = (await stage.user('ada'))?.status?.conditions ?? [];
      return conditions.some(
        (said) => said.type === 'Accepted' && said.observedGeneration === (generation ?? 0) + 1,
      );
    });
    expect((await stage.conditions(person('ada')))['Ready']).toBe('True/Ready');
  });

  it('tells the story in Events', async () => {
    await until('the Events are there', async () => {
      const list = await stage.read<{ items: { reason: string; regarding: { name: string } }[] }>(
        '/apis/events.k8s.io/v1/namespaces/default/events',
      );
      const about = (list?.items ?? []).filter(({ regarding }) => regarding.name === 'ada');
      const reasons = new Set(about.map(({ reason }) => reason));
      return reasons.has('Placed') && reasons.has('AccessGranted');
    });
  });

  it('repairs a binding that is changed, replaced or deleted', async () => {
    const path = `${RBAC}/clusterrolebindings/workstation:ada`;
    await stage.change(path, {
      subjects: [{ kind: 'User', name: 'eve', apiGroup: 'rbac.authorization.k8s.io' }],
    });
    await until('the subject is right', async () => (await bound('ada'))?.join() === 'team k8s-ada');
    await stage.delete(path);
    await until('the binding is back', async () => (await bound('ada'))?.join() === 'team k8s-ada');
    await stage.delete(path);
    await until('the binding is back', async () => (await bound('ada'))?.join() === 'team k8s-ada');
    await stage.change(path, { metadata: { labels: { 'app.kubernetes.io/managed-by': null } } });
    await until('the label is back', async () => {
      const binding = await stage.read<Binding>(path);
      return binding?.metadata.labels?.['app.kubernetes.io/managed-by'] === 'workstation-controller';
    });
  });

  it('binds a role anew when the tier changes, and takes the old one away', async () => {
    await stage.change(person('ada'), {
      spec: { tier: 'namespace-owner', namespaces: ['people', 'missing'] },
    });
    await stage.said(person('ada'), 'ClusterAccessReady', 'False/NamespaceNotFound');
    expect(await bound('ada', 'people')).toEqual(['team k8s-ada']);
    expect(await bound('ada')).toBeUndefined();
    await stage.change(person('ada'), { spec: { namespaces: ['people'] } });
    await stage.said(person('ada'), 'ClusterAccessReady', 'True/Bound');
    await stage.change(person('ada'), { spec: { suspended: true } });
    await stage.said(person('ada'), 'ClusterAccessReady', undefined);
    expect(await bound('ada', 'people')).toBeUndefined();
  });

  it('refuses who has another tier in the cluster, until the two agree', async () => {
    await stage.person('cyd', { workstation: 'devvm' });
    await stage.said(person('cyd'), 'Accepted', 'False/TierConflict');
    expect((await stage.conditions(person('cyd')))['Stalled']).toBe('True/TierConflict');
    expect((await stage.user('cyd'))?.metadata.finalizers).toBeUndefined();
    await stage.change('/api/v1/namespaces/people/configmaps/tiers', {
      data: { map: JSON.stringify({ 'k8s-cyd': 'power-user' }) },
    });
    await stage.said(person('cyd'), 'Accepted', 'True/Accepted');
    expect((await stage.conditions(person('cyd')))['Stalled']).toBeUndefined();
  });

  it('refuses the younger of two who claim one account', async () => {
    await stage.person('dup', { workstation: 'devvm', osUser: 'ada' });
    await stage.said(person('dup'), 'Accepted', 'False/AccountTaken');
    await stage.delete(person('dup'));
    await until('the refused one is gone', async () => (await stage.user('dup')) === undefined);
  });

  it('lets a stall that the agent took over go, so that the agent can end it', async () => {
    await stage.person('two', { workstation: 'devvm', osUser: 'ada' });
    await stage.said(person('two'), 'Stalled', 'True/AccountTaken');
    const stalled = [condition('Ready', 'False', 'Other'), condition('Stalled', 'True', 'Other')];
    expect(await stage.says(person('two'), stalled)).toMatchObject({ status: 200 });
    await until('the agent holds it alone, and can end it', async () => {
      return (await stage.says(person('two'), [READY])).status === 200;
    });
    expect((await stage.conditions(person('two')))['Ready']).toBe('True/Ready');
    await stage.delete(person('two'));
  });

  it('keeps somebody who is deleted until the agent has made the cut, and nobody longer', async () => {
    await stage.change(person('ada'), { spec: { suspended: false } });
    await stage.said(person('ada'), 'ClusterAccessReady', 'True/Bound');
    await stage.delete(person('ada'));
    await until('access is gone', async () => (await bound('ada', 'people')) === undefined);
    const { generation } = (await stage.user('ada'))!.metadata;
    await stage.says(person('ada'), [condition('Offboarded', 'True', 'Cut', generation)]);
    await until('the object is gone', async () => (await stage.user('ada')) === undefined);
  });

  it('asks nothing in a steady state but watches and its own Lease', async () => {
    for (let index = 0; index < 20; index++) await stage.person(`steady-${index}`);
    for (let index = 0; index < 20; index++)
      await stage.said(person(`steady-${index}`), 'Accepted', 'True/GrantPending');
    for (let index = 0; index < 20; index++) {
      const generation = (await stage.user(`steady-${index}`))?.metadata.generation;
      await stage.says(person(`steady-${index}`), [condition('Ready', 'True', 'Ready', generation)]);
    }
    await quiet(1000);
    running.exchanges();
    for (let renewals = 0; renewals < 5; renewals++) await stage.renew('devvm').then(() => quiet(500));
    const asked = running
      .exchanges()
      .filter(({ path, isWatch }) => !isWatch && !path.endsWith('/leases/workstation-controller'));
    expect(asked).toEqual([]);
  });

  it('loses no update while the API server is away', async () => {
    await stage.server.outage(() => quiet(1500));
    await stage.change(person('cyd'), { spec: { suspended: true } });
    await stage.person('after');
    await stage.said(person('after'), 'Accepted', 'True/GrantPending');
    await until('the change is seen', async () => {
      const user = await stage.user('cyd');
      const accepted = user?.status?.conditions?.find(({ type }) => type === 'Accepted');
      return accepted?.observedGeneration === user?.metadata.generation;
    });
    const list = await stage.read<{ items: unknown[] }>(USERS);
    expect(list?.items).toHaveLength(22);
  });
});
