import { setImmediate as nextTurn } from 'node:timers/promises';
import { OFFBOARD_FINALIZER } from '../../../src/api/marks.ts';
import { configMaps, leasesOf, USERS, WORKSTATIONS } from '../../../src/cluster/kinds.ts';
import { MemoryServer } from './memory-server.ts';
import { condition, lease, user, workstation } from './objects.ts';
import { Stage, SYSTEM } from './stage.ts';

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.stop());

const READY = condition('Ready', 'True', 'Ready', 'fine');

describe('a new user', () => {
  it('is placed, kept from vanishing, and accepted, with one write of each', async () => {
    await stage.machine('m');
    stage.requests();
    const { spec, metadata } = await stage.person('emo');
    expect(spec.workstation).toBe('m');
    expect(metadata.finalizers).toEqual([OFFBOARD_FINALIZER]);
    expect(stage.conditions('emo')).toEqual({ Accepted: 'True/Accepted', Ready: 'Unknown/Pending' });
    expect(stage.requests()).toEqual(['merge workstationusers/emo', 'apply-status workstationusers/emo']);
    expect(stage.told).toEqual(['Normal emo Placed: placed on m']);
  });

  it('who names a machine stays there', async () => {
    await stage.machine('a');
    await stage.machine('b');
    expect((await stage.person('emo', { workstation: 'b' })).spec.workstation).toBe('b');
    expect(stage.conditions('emo')['Accepted']).toBe('True/Accepted');
  });

  it('and many at once are spread evenly', async () => {
    for (const name of ['a', 'b', 'c']) await stage.machine(name);
    // Answers that take their time: the next decisions fall before the server knows of the last.
    stage.server.pause = () => nextTurn();
    for (let index = 0; index < 3; index++) stage.server.put(USERS, user(`u${index}`));
    await stage.settle();
    const machines = Array.from({ length: 3 }, (_, index) => stage.user(`u${index}`).spec.workstation);
    expect(['a', 'b', 'c'].map((name) => machines.filter((machine) => machine === name).length)).toEqual([
      1, 1, 1,
    ]);
  });

  it('waits for a machine, and is placed once there is one', async () => {
    await stage.person('emo');
    expect(stage.conditions('emo')).toEqual({
      Accepted: 'False/Unplaceable',
      Ready: 'False/Unplaceable',
      Stalled: 'True/Unplaceable',
    });
    expect(stage.user('emo').metadata.finalizers).toBeUndefined();
    await stage.machine('m');
    expect(stage.user('emo').spec.workstation).toBe('m');
    expect(stage.conditions('emo')).toEqual({ Accepted: 'True/Accepted', Ready: 'Unknown/Pending' });
  });

  it('waits for a port, and gets the one that a leaver had', async () => {
    await stage.machine('m', {
      services: [{ name: 'web', port: { base: 3000, last: 3000 }, envFile: '/e/${user}', env: {} }],
    });
    await stage.person('ada');
    await stage.person('emo');
    expect(stage.conditions('emo')['Accepted']).toBe('False/Unplaceable');
    stage.server.remove(USERS, 'ada');
    await stage.settle();
    await stage.cut('ada');
    expect(stage.user('emo').spec.workstation).toBe('m');
  });

  it('is placed once, though somebody changes the object meanwhile', async () => {
    await stage.machine('m');
    let meddled = false;
    stage.server.refuse = (request) => {
      if (meddled || request !== 'merge workstationusers/emo') return;
      meddled = true;
      stage.server.put(USERS, {
        ...stage.user('emo'),
        spec: { ...stage.user('emo').spec, workstation: 'other' },
      });
    };
    await stage.person('emo');
    await stage.pass(1000);
    expect(stage.user('emo').spec.workstation).toBe('other');
    expect(stage.conditions('emo')['Accepted']).toBe('False/WorkstationNotFound');
    expect(stage.logged.filter((line) => line.startsWith('warning'))).toEqual([]);
  });

  it('goes to no machine whose agent was not seen to live', async () => {
    const server = new MemoryServer();
    server.put(WORKSTATIONS, workstation('m'));
    server.put(leasesOf(SYSTEM), lease('m', 1));
    const later = new Stage(server);
    await later.person('emo');
    expect(later.conditions('emo')['Accepted']).toBe('False/Unplaceable');
    later.server.put(leasesOf(SYSTEM), lease('m', 2));
    await later.settle();
    expect(later.user('emo').spec.workstation).toBe('m');
    await later.stop();
  });

  it('goes to no machine that is not ready', async () => {
    await stage.machine('m');
    await stage.agentSays('m', [condition('Ready', 'False', 'Broken')], WORKSTATIONS);
    await stage.person('emo');
    expect(stage.conditions('emo')['Accepted']).toBe('False/Unplaceable');
    await stage.agentSays('m', [READY], WORKSTATIONS);
    expect(stage.user('emo').spec.workstation).toBe('m');
  });
});

describe('two who claim one account', () => {
  it('are told apart by their age, and the younger one is accepted when the older is gone', async () => {
    await stage.machine('m');
    await stage.put(
      USERS,
      user('old', { workstation: 'm', osUser: 'x' }, { creationTimestamp: '2026-01-01T00:00:00Z' }),
    );
    await stage.put(
      USERS,
      user('new', { workstation: 'm', osUser: 'x' }, { creationTimestamp: '2026-01-01T00:00:01Z' }),
    );
    expect(stage.conditions('old')['Accepted']).toBe('True/Accepted');
    expect(stage.conditions('new')).toMatchObject({
      Accepted: 'False/AccountTaken',
      Stalled: 'True/AccountTaken',
    });
    expect(stage.user('new').metadata.finalizers).toBeUndefined();
    stage.server.remove(USERS, 'old');
    await stage.settle();
    await stage.cut('old');
    expect(stage.conditions('new')).toEqual({ Accepted: 'True/Accepted', Ready: 'Unknown/Pending' });
  });

  it('of whom the older one comes to light later change places', async () => {
    await stage.machine('m');
    await stage.put(
      USERS,
      user('b', { workstation: 'm', osUser: 'x' }, { creationTimestamp: '2026-01-01T00:00:00Z' }),
    );
    await stage.put(
      USERS,
      user('a', { workstation: 'm', osUser: 'x' }, { creationTimestamp: '2026-01-01T00:00:00Z' }),
    );
    expect(stage.conditions('a')['Accepted']).toBe('True/Accepted');
    expect(stage.conditions('b')['Accepted']).toBe('False/AccountTaken');
  });
});

describe('tiers in a ConfigMap', () => {
  const POLICY = { clusterTiers: { configMap: { namespace: 'people', name: 'tiers', field: 'map' } } };
  const tiers = (map: object) => ({ metadata: { name: 'tiers' }, data: { map: JSON.stringify(map) } });

  it('refuse who has another there, and accept once they agree', async () => {
    await stage.put(configMaps('people'), tiers({ 'k8s-emo': 'namespace-owner' }));
    await stage.machine('m', POLICY);
    await stage.person('emo');
    expect(stage.conditions('emo')).toMatchObject({
      Accepted: 'False/TierConflict',
      Stalled: 'True/TierConflict',
    });
    stage.requests();
    await stage.put(configMaps('people'), tiers({ 'k8s-emo': 'power-user' }));
    expect(stage.conditions('emo')).toEqual({ Accepted: 'True/Accepted', Ready: 'Unknown/Pending' });
    expect(stage.requests()).toEqual(['apply-status workstationusers/emo']);
  });

  it('hold while they cannot be read, and say so once', async () => {
    await stage.put(configMaps('people'), tiers({ 'k8s-emo': 'namespace-owner' }));
    await stage.machine('m', POLICY);
    await stage.person('emo');
    stage.server.remove(configMaps('people'), 'tiers');
    await stage.pass(5000);
    await stage.put(USERS, user('ada', { workstation: 'm' }));
    expect(stage.conditions('emo')['Accepted']).toBe('False/TierConflict');
    expect(stage.conditions('ada')['Accepted']).toBe('True/GrantPending');
    expect(stage.told.filter((told) => told.includes('TiersUnreadable'))).toEqual([
      'Warning m TiersUnreadable: read the tiers of the cluster: the ConfigMap people/tiers: it is not there, or cannot be watched: create it, and let the controller watch it',
    ]);
  });

  it('that were never there say nothing of anybody', async () => {
    await stage.machine('m', POLICY);
    await stage.person('emo', { workstation: 'm' });
    expect(stage.conditions('emo')['Accepted']).toBe('True/TierUnverified');
    expect(
      stage.requests().filter((request) => request === 'apply-status workstationusers/emo'),
    ).toHaveLength(1);
  });
});

describe('tiers in a Vault', () => {
  const POLICY = { clusterTiers: { vault: { path: 'a/b', field: 'map' } } };

  it('are looked at now and then, and hold while it does not answer', async () => {
    const answers: unknown[] = [];
    await stage.stop();
    stage = new Stage(new MemoryServer(), { readTiers: () => Promise.resolve(answers.shift() as never) });
    answers.push({ kind: 'read', tiers: new Map([['k8s-emo', 'namespace-owner']]), problems: [] });
    answers.push({ kind: 'unreadable', message: 'sealed' });
    answers.push({ kind: 'read', tiers: new Map([['k8s-emo', 'power-user']]), problems: [] });
    await stage.machine('m', POLICY);
    await stage.person('emo', { workstation: 'm' });
    expect(stage.conditions('emo')['Accepted']).toBe('False/TierConflict');
    expect(answers).toHaveLength(2);
    for (let turns = 0; turns < 7; turns++) await stage.pass(10_000).then(() => stage.renew('m'));
    expect(answers).toHaveLength(1);
    expect(stage.conditions('emo')['Accepted']).toBe('False/TierConflict');
    expect(stage.told).toContain('Warning m TiersUnreadable: sealed');
    for (let turns = 0; turns < 7; turns++) await stage.pass(10_000).then(() => stage.renew('m'));
    expect(stage.conditions('emo')['Accepted']).toBe('True/Accepted');
  });

  it('that only the machine can read are left to its agent', async () => {
    await stage.machine('m', { clusterTiers: { file: { path: '/etc/tiers.json' } } });
    await stage.person('emo');
    expect(stage.conditions('emo')['Accepted']).toBe('True/Accepted');
  });
});
