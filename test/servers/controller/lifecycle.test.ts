import { ABANDON_MACHINE, CONFIRM_REMOVALS } from '../../../src/api/marks.ts';
import { describeServers } from '../../harness/requirements.ts';
import { until, USERS } from '../../harness/servers/crds.ts';
import { ClusterStage, condition, LEASES, machine, person, type Running } from './stage.ts';

describeServers('agents that come and go', ['etcd', 'kube-apiserver'], () => {
  let stage: ClusterStage;
  let running: Running;

  beforeAll(async () => {
    stage = await ClusterStage.open();
    running = await stage.run();
  });
  afterAll(async () => {
    await running.stop();
    await stage.stop();
  });

  it('leave their people unknown when they are lost, and speak for themselves again when they are back', async () => {
    await stage.machine('short', {}, 1);
    await stage.person('emo');
    await stage.said(person('emo'), 'Accepted', 'True/Accepted');
    const { generation = 0 } = (await stage.user('emo'))?.metadata ?? {};
    const ready = [condition('Ready', 'True', 'Ready', generation)];
    await stage.says(person('emo'), ready);
    await stage.says(machine('short'), [condition('Ready', 'True', 'Ready')]);
    await stage.said(person('emo'), 'Ready', 'Unknown/AgentLost');
    await stage.said(machine('short'), 'Ready', 'Unknown/AgentLost');
    await stage.renew('short');
    expect(await stage.says(person('emo'), ready)).toMatchObject({ status: 200 });
    expect(await stage.says(machine('short'), [condition('Ready', 'True', 'Ready')])).toMatchObject({
      status: 200,
    });
    await stage.change(person('emo'), { metadata: { labels: { seen: 'yes' } } });
    expect((await stage.conditions(person('emo')))['Ready']).toBe('True/Ready');
  });

  it('whose machine never was are said to be unknown too', async () => {
    await stage.machine('never', {}, 1);
    await stage.delete(`${LEASES}/never`);
    await stage.person('eve', { workstation: 'nowhere' });
    await stage.said(person('eve'), 'Accepted', 'False/WorkstationNotFound');
    expect(await stage.conditions(person('eve'))).toEqual({
      Accepted: 'False/WorkstationNotFound',
      Ready: 'False/WorkstationNotFound',
      Stalled: 'True/WorkstationNotFound',
    });
    await stage.delete(person('eve'));
    await until('nobody waits for her', async () => (await stage.user('eve')) === undefined);
  });

  it('that are gone for good hold nobody back for ever', async () => {
    await stage.machine('gone', {}, 1);
    await stage.person('old', { workstation: 'gone' });
    await stage.said(person('old'), 'Ready', 'Unknown/AgentLost');
    await stage.delete(person('old'));
    await until('the way out is told', async () => {
      const ready = (await stage.user('old'))?.status?.conditions?.find(({ type }) => type === 'Ready');
      return ready?.message.includes(ABANDON_MACHINE) === true;
    });
    await stage.change(machine('gone'), { metadata: { annotations: { [ABANDON_MACHINE]: 'burnt down' } } });
    await until('the object is gone', async () => (await stage.user('old')) === undefined);
  });
});

const PEOPLE = '/api/v1/namespaces/people/configmaps/roster';
const entry = (name: string, tier = 'power-user') =>
  `  ${name}: {authentik_user: sso-${name}, k8s_user: k8s-${name}, tier: ${tier}}\n`;

describeServers('a roster in a ConfigMap', ['etcd', 'kube-apiserver'], () => {
  let stage: ClusterStage;
  let running: Running;

  beforeAll(async () => {
    stage = await ClusterStage.open();
    await stage.create('/api/v1/namespaces', { metadata: { name: 'people' } });
    await stage.machine('devvm', { offboarding: { massRemovalLimit: 1 } });
    running = await stage.run({ roster: { namespace: 'people', name: 'roster', workstation: 'devvm' } });
    const text = `users:\n${entry('ada')}${entry('bob_1')}${entry('cyd')}`;
    await stage.create('/api/v1/namespaces/people/configmaps', {
      metadata: { name: 'roster' },
      data: { 'roster.yaml': text },
    });
  });
  afterAll(async () => {
    await running.stop();
    await stage.stop();
  });

  const write = (text: string) => stage.change(PEOPLE, { data: { 'roster.yaml': text } });
  const names = async () => {
    const list = await stage.read<{ items: { metadata: { name: string; deletionTimestamp?: string } }[] }>(
      USERS,
    );
    return (list?.items ?? [])
      .map(({ metadata }) => `${metadata.deletionTimestamp ? '-' : ''}${metadata.name}`)
      .join();
  };
  const mirrored = (expected: string) => stage.said(machine('devvm'), 'RosterMirrored', expected);

  it('becomes users, who are accepted', async () => {
    await stage.said(person('bob-1'), 'Accepted', 'True/Accepted');
    await mirrored('True/Mirrored');
    expect(await names()).toBe('ada,bob-1,cyd');
    expect((await stage.user('bob-1'))?.spec['osUser']).toBe('bob_1');
  });

  it('changes a field, and takes one away that is said no more', async () => {
    await write(
      `users:\n${entry('ada').replace('}', ', suspended: true}')}${entry('bob_1', 'admin')}${entry('cyd')}`,
    );
    await until('ada is suspended', async () => (await stage.user('ada'))?.spec['suspended'] === true);
    await write(`users:\n${entry('ada')}${entry('bob_1')}${entry('cyd')}`);
    await until('ada is not', async () => (await stage.user('ada'))?.spec['suspended'] === false);
  });

  it('that is broken or says nobody changes nobody', async () => {
    await write('users: [');
    await mirrored('False/RosterInvalid');
    await write('users: {}\n');
    await mirrored('False/RemovalsHeld');
    expect(await names()).toBe('ada,bob-1,cyd');
  });

  it('holds removals beyond the limit, and makes them once they are confirmed', async () => {
    await write(`users:\n${entry('ada')}`);
    await until('the limit is told', async () => {
      const { status } = (await stage.read(machine('devvm')))!;
      return status?.conditions?.some(({ message }) => message.includes('the limit is 1')) === true;
    });
    const held = (await stage.read(machine('devvm')))?.status?.conditions?.find(
      ({ type }) => type === 'RosterMirrored',
    );
    expect(await names()).toBe('ada,bob-1,cyd');
    const [, digest] = new RegExp(`${CONFIRM_REMOVALS}=(\\w+)$`).exec(held?.message ?? '') ?? [];
    await stage.change(PEOPLE, { metadata: { annotations: { [CONFIRM_REMOVALS]: digest } } });
    await until('they are on the way out', async () => (await names()) === 'ada,-bob-1,-cyd');
    await mirrored('True/Mirrored');
  });
});
