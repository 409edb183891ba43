import { ABANDON_MACHINE } from '../../../src/api/marks.ts';
import { leasesOf, USERS, WORKSTATIONS } from '../../../src/cluster/kinds.ts';
import { condition, lease, user } from './objects.ts';
import { Stage, SYSTEM } from './stage.ts';

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.stop());

const READY = condition('Ready', 'True', 'Ready', 'fine');

describe('an agent that is lost', () => {
  const lose = async () => {
    await stage.machine('m');
    await stage.person('emo');
    await stage.agentSays('emo', [READY]);
    await stage.agentSays('m', [READY], WORKSTATIONS);
    stage.requests();
    await stage.pass(50_000);
  };

  it('leaves its machine and everybody there unknown, after one question to the API server', async () => {
    await lose();
    expect(stage.conditions('emo')).toEqual({ Accepted: 'True/Accepted', Ready: 'Unknown/AgentLost' });
    expect(stage.conditions('m', WORKSTATIONS)).toEqual({ Ready: 'Unknown/AgentLost' });
    expect(stage.requests()).toEqual([
      'get leases/workstation-system/m',
      'apply-status workstations/m',
      'apply-status workstationusers/emo',
    ]);
    await stage.pass(120_000);
    expect(stage.requests()).toEqual([]);
    expect(stage.told).toContain(
      'Warning m AgentLost: the agent of m no longer renews its Lease: see that the machine and its agent run',
    );
  });

  it('speaks for itself again when it is back, and takes new people', async () => {
    await lose();
    await stage.person('ada');
    expect(stage.conditions('ada')['Accepted']).toBe('False/Unplaceable');
    stage.requests();
    await stage.renew('m');
    await stage.agentSays('emo', [READY]);
    await stage.agentSays('m', [READY], WORKSTATIONS);
    expect(stage.conditions('emo')).toEqual({ Accepted: 'True/Accepted', Ready: 'True/Ready' });
    expect(stage.conditions('m', WORKSTATIONS)).toEqual({ Ready: 'True/Ready' });
    expect(
      stage.requests().filter((request) => request === 'apply-status workstationusers/emo'),
    ).toHaveLength(1);
    expect(stage.user('ada').spec.workstation).toBe('m');
  });

  it('that speaks though its Lease is overdue is not quarrelled with', async () => {
    await lose();
    stage.requests();
    await stage.agentSays('emo', [READY]);
    await stage.agentSays('m', [READY], WORKSTATIONS);
    expect(stage.requests().filter((request) => request.startsWith('apply-status'))).toHaveLength(2);
    expect(stage.conditions('emo')['Ready']).toBe('True/Ready');
    await stage.pass(51_000);
    expect(stage.conditions('emo')['Ready']).toBe('Unknown/AgentLost');
    expect(stage.conditions('m', WORKSTATIONS)['Ready']).toBe('Unknown/AgentLost');
  });

  it('that comes back the moment it is called lost is not called so', async () => {
    await stage.machine('m');
    await stage.person('emo');
    await stage.agentSays('emo', [READY]);
    let isBack = false;
    stage.server.refuse = (request) => {
      if (isBack || request !== 'apply-status workstationusers/emo') return;
      isBack = true;
      stage.server.put(leasesOf(SYSTEM), lease('m', 99));
      stage.server.put(USERS, { ...stage.user('emo'), metadata: { name: 'emo', labels: { seen: 'again' } } });
    };
    await stage.pass(52_000);
    expect(isBack).toBe(true);
    expect(stage.conditions('emo')['Ready']).toBe('True/Ready');
  });

  it('whose Lease lasts shorter from now on is lost so much earlier', async () => {
    await stage.machine('m');
    await stage.put(leasesOf(SYSTEM), lease('m', 99, 1));
    await stage.pass(12_000);
    expect(stage.conditions('m', WORKSTATIONS)['Ready']).toBe('Unknown/AgentLost');
  });

  it('is not lost while the API server does not say so', async () => {
    await stage.machine('m');
    await stage.person('emo');
    await stage.agentSays('emo', [READY]);
    stage.server.refuse = (request) => {
      if (request.startsWith('get leases')) throw new Error('away');
    };
    await stage.pass(100_000);
    expect(stage.conditions('emo')['Ready']).toBe('True/Ready');
  });

  it('and renewals that are in time are nothing to do anything about', async () => {
    await stage.machine('m');
    await stage.person('emo');
    await stage.agentSays('emo', [READY]);
    stage.requests();
    for (let turns = 0; turns < 12; turns++) await stage.pass(10_000).then(() => stage.renew('m'));
    expect(stage.requests()).toEqual([]);
    expect(stage.conditions('emo')['Ready']).toBe('True/Ready');
  });
});

describe('somebody who is deleted', () => {
  const leave = async () => {
    await stage.machine('m');
    await stage.person('emo');
    stage.server.remove(USERS, 'emo');
    await stage.settle();
  };
  const there = () => stage.server.read(USERS, 'emo') !== undefined;

  it('stays until the agent has made the cut', async () => {
    await leave();
    expect(there()).toBe(true);
    await stage.cut('emo');
    expect(there()).toBe(false);
  });

  it('stays while the agent is lost, and goes once the machine is given up', async () => {
    await leave();
    await stage.pass(51_000);
    expect(stage.user('emo').status?.conditions?.find(({ type }) => type === 'Ready')?.message).toMatch(
      /^let emo go: the agent of m is lost and has not made the cut: .*abandon-machine=REASON$/,
    );
    await stage.put(WORKSTATIONS, {
      metadata: { name: 'm', annotations: { [ABANDON_MACHINE]: 'burnt down' } },
    });
    expect(there()).toBe(false);
    expect(stage.told).toContain('Warning emo Abandoned: let go without a cut on m: burnt down');
  });

  it('goes, with a word about it, though the machine was deleted before', async () => {
    await leave();
    stage.server.remove(WORKSTATIONS, 'm');
    stage.server.remove(leasesOf(SYSTEM), 'm');
    await stage.pass(60_000);
    expect(there()).toBe(true);
    await stage.put(USERS, { metadata: { name: 'emo', annotations: { [ABANDON_MACHINE]: 'sold' } } });
    expect(there()).toBe(false);
  });

  it('keeps the finalizers of others', async () => {
    await stage.machine('m');
    await stage.put(USERS, user('emo', { workstation: 'm' }, { finalizers: ['other/one'] }));
    stage.server.remove(USERS, 'emo');
    await stage.settle();
    await stage.cut('emo');
    expect(stage.user('emo').metadata.finalizers).toEqual(['other/one']);
    stage.requests();
    await stage.put(USERS, { metadata: { name: 'emo', labels: { seen: 'again' } } });
    expect(stage.requests()).toEqual([]);
  });
});

describe('a controller that begins anew', () => {
  it('says nothing twice', async () => {
    await stage.machine('m');
    for (const name of ['ada', 'emo']) await stage.person(name);
    await stage.agentSays('emo', [READY]);
    stage.requests();
    const second = new Stage(stage.server);
    await second.settle();
    expect(stage.requests()).toEqual([]);
    await second.stop();
  });

  it('leaves the lost to be lost until their agent is seen', async () => {
    await stage.machine('m');
    await stage.person('emo');
    await stage.agentSays('emo', [READY]);
    await stage.pass(51_000);
    stage.requests();
    const second = new Stage(stage.server);
    await second.settle();
    expect(second.conditions('emo')['Ready']).toBe('Unknown/AgentLost');
    expect(stage.requests()).toEqual([]);
    await second.stop();
  });
});
