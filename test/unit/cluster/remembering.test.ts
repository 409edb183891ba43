import { setImmediate as nextTurn } from 'node:timers/promises';
import { desiredBindings } from '../../../src/cluster/access.ts';
import { Bindings } from '../../../src/cluster/bindings.ts';
import { configMaps, type Binding, type ClusterUser, type ConfigMap } from '../../../src/cluster/kinds.ts';
import { Latest } from '../../../src/cluster/latest.ts';
import { Population } from '../../../src/cluster/population.ts';
import { Singles, type Follow } from '../../../src/cluster/singles.ts';
import { Tiers } from '../../../src/cluster/tiers.ts';
import type { KubernetesObject } from '../../../src/kubernetes/objects.ts';
import { FakeClock } from '../controller/fake-clock.ts';
import { user, workstation } from './objects.ts';

/** A store that holds what it is given, and has synced when it is told. */
function store<T extends KubernetesObject>() {
  const objects = new Map<string, T>();
  const synced = Promise.withResolvers<void>();
  const it = {
    objects,
    hasSynced: false,
    synced: () => synced.promise,
    get: (key: string) => objects.get(key),
    list: () => [...objects.values()],
    sync: () => {
      it.hasSynced = true;
      synced.resolve();
    },
  };
  return it;
}

describe('what was written', () => {
  const version = (resourceVersion: string, uid = 'a') => user('emo', {}, { resourceVersion, uid });

  it.each<[string, ClusterUser | undefined, ClusterUser, string | undefined]>([
    ['counts until the watch brings it', version('9'), version('10'), '10'],
    ['is forgotten once the watch brings something newer', version('11'), version('10'), '11'],
    ['says nothing of another object of that name', version('9', 'b'), version('10'), '9'],
    ['says nothing of an object that is gone', undefined, version('10'), undefined],
  ])('%s', (_, held, written, expected) => {
    const users = store<ClusterUser>();
    if (held !== undefined) users.objects.set('emo', held);
    const latest = new Latest(users, new FakeClock());
    latest.wrote(written);
    expect(latest.get('emo')?.metadata.resourceVersion).toBe(expected);
  });

  it('is given up where no watch ever brings it: a server restored from a snapshot forgets', () => {
    const [users, clock] = [store<ClusterUser>(), new FakeClock()];
    users.objects.set('emo', version('9'));
    const latest = new Latest(users, clock);
    latest.wrote(version('10'));
    clock.advance(10_000);
    expect(latest.get('emo')?.metadata.resourceVersion).toBe('9');
  });
});

describe('bindings', () => {
  const access = {
    admin: { clusterRole: 'root', scope: 'Cluster' },
    'power-user': undefined,
    'namespace-owner': undefined,
  } as const;
  const [binding] = desiredBindings(user('emo', { tier: 'admin' }), access) as [Binding];

  it('count from the moment they are written, and are gone from the moment they are deleted', () => {
    const bindings = new Bindings([store<Binding>()], new FakeClock());
    bindings.wrote('emo', binding);
    expect(bindings.of('emo')).toEqual([binding]);
    bindings.deleted(binding);
    expect(bindings.of('emo')).toEqual([]);
  });

  it('are what the watch says, once it says anything, or has said nothing for long', () => {
    const [held, clock] = [store<Binding>(), new FakeClock()];
    const bindings = new Bindings([held], clock);
    bindings.wrote('emo', binding);
    expect(bindings.changed('workstation:emo')).toBe('emo');
    expect(bindings.of('emo')).toEqual([]);
    bindings.wrote('emo', binding);
    clock.advance(10_000);
    expect(bindings.of('emo')).toEqual([]);
    held.objects.set('workstation:emo', binding);
    expect(bindings.changed('workstation:emo')).toBe('emo');
    expect(bindings.of('emo')).toEqual([binding]);
  });

  it('of others concern nobody', () => {
    expect(new Bindings([store<Binding>()], new FakeClock()).changed('kube-system/admin')).toBeUndefined();
  });
});

describe('who is where', () => {
  it('counts who was sent somewhere before the server says so, and no longer once it has answered', () => {
    const users = new Map([['emo', user('emo')]]);
    const population = new Population((name) => users.get(name));
    expect(population.changed('emo')).toEqual(['']);
    population.send('emo', 'm');
    expect(population.residentsOf('m').count).toBe(1);
    expect([...population.usersOf('')]).toEqual([]);
    population.arrive('emo');
    expect(population.residentsOf('m').count).toBe(0);
    expect([...population.usersOf('')]).toEqual(['emo']);
  });

  it('is touched by specs, not by reports', () => {
    const users = new Map([['emo', user('emo', { workstation: 'm' })]]);
    const population = new Population((name) => users.get(name));
    expect(population.changed('emo')).toEqual(['m']);
    users.set('emo', user('emo', { workstation: 'm' }, { resourceVersion: '2' }, []));
    expect(population.changed('emo')).toEqual([]);
    users.set('emo', user('emo', { workstation: 'm' }, { generation: 2 }));
    expect(population.changed('emo')).toEqual(['m']);
    users.delete('emo');
    expect(population.changed('emo')).toEqual(['m']);
  });
});

describe('tiers in a ConfigMap', () => {
  const REFERENCE = { resource: configMaps('people'), name: 'tiers' };
  const machine = workstation('m', {
    clusterTiers: { configMap: { namespace: 'people', name: 'tiers', field: 'map' } },
  });
  const map = (text: string): ConfigMap => ({ metadata: { name: 'tiers' }, data: { map: text } });

  function setUp() {
    const [held, clock, changes] = [store<ConfigMap>(), new FakeClock(), [] as unknown[]];
    const follow = (() => held) as unknown as Follow;
    const singles = new Singles(follow, (reference) => changes.push(reference), new AbortController().signal);
    singles.want([REFERENCE]);
    const tiers = new Tiers({ clock, singles, read: () => undefined, interval: 1 });
    const look = () => tiers.look(machine, new AbortController().signal);
    return { held, clock, changes, singles, tiers, look };
  }

  it('are not judged by before they can have been read', async () => {
    const { tiers, look, clock, held } = setUp();
    expect(await look()).toEqual({ next: 10_000 });
    expect(tiers.known(machine)).toBeUndefined();
    clock.advance(9000);
    expect(await look()).toEqual({ next: 1000 });
    held.objects.set('people/tiers', map('{"a":"admin"}'));
    held.sync();
    expect(await look()).toEqual({});
    expect(tiers.known(machine)).toMatchObject({ kind: 'read' });
  });

  it('that cannot be read for long are unread', async () => {
    const { tiers, look, clock } = setUp();
    await look();
    clock.advance(10_000);
    expect(await look()).toEqual({ trouble: expect.stringMatching(/let the controller watch it$/) });
    expect(tiers.known(machine)).toMatchObject({ kind: 'unread' });
  });

  it('are the same while they say the same, whatever else changes', async () => {
    const { tiers, look, held } = setUp();
    held.sync();
    held.objects.set('people/tiers', map('{"a":"admin"}'));
    await look();
    const before = tiers.known(machine);
    held.objects.set('people/tiers', map('{ "a": "admin" }'));
    await look();
    expect(tiers.known(machine)).toBe(before);
    held.objects.set('people/tiers', map('{"a":"power-user"}'));
    await look();
    expect(tiers.known(machine)).not.toBe(before);
  });

  it('that are not there are news too', async () => {
    const { singles, changes, held } = setUp();
    expect(singles.get(REFERENCE)).toEqual({ kind: 'unknown' });
    held.sync();
    await nextTurn();
    expect(changes).toEqual([REFERENCE]);
    expect(singles.get(REFERENCE)).toEqual({ kind: 'absent' });
    singles.want([]);
    expect(singles.get(REFERENCE)).toEqual({ kind: 'unknown' });
  });
});
