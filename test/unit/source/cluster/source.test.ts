import { devvm, stage, synced, user } from './stage.ts';
import { ApiError } from '../../../../src/kubernetes/api.ts';
describe('users from an API server', () => {
  it('are those of the machine, once both collections are complete', async () => {
    const it = stage();
    it.workstations.sync(devvm);
    const started = it.start();
    let isStarted = false;
    void started.then(() => (isStarted = true));
    await Promise.resolve();
    expect(isStarted).toBe(false);
    it.users.sync(user('emo'));
    await started;
    expect(it.names()).toEqual(['emo']);
    expect(it.source.current?.users[0]?.spec.codeLayout).toBe('single');
  });

  it('are waited for while there is no Workstation', async () => {
    const it = stage();
    it.users.sync(user('emo'));
    it.workstations.sync();
    const started = it.start();
    await it.change(() => undefined);
    await it.change(() => it.workstations.sync(devvm));
    await started;
    expect(it.names()).toEqual(['emo']);
    expect(it.said.join()).toContain('has none by that name yet: create it');
  });

  it('go when a GET says so, and not before', async () => {
    const it = await synced(user('emo'), user('ann'));
    await it.change(() => it.users.objects.delete('emo'));
    expect(it.names()).toEqual(['emo', 'ann']);
    await it.change(() => it.server.delete('emo'));
    expect(it.names()).toEqual(['ann']);
  });

  it('who are missed together go together, however long one answer takes', async () => {
    const it = await synced(user('emo'), user('ann'), user('bob'));
    const slow = Promise.withResolvers<void>();
    it.delay('ann', slow.promise);
    await it.change(() => {
      for (const name of ['emo', 'ann']) {
        it.users.objects.delete(name);
        it.server.delete(name);
      }
    });
    await it.change(() => it.users.objects.set('cid', user('cid')));
    expect(it.names()).toEqual(['emo', 'ann', 'bob', 'cid']);
    await it.change(() => slow.resolve());
    expect(it.names()).toEqual(['bob', 'cid']);
  });

  it('who are back before the last answer is there are not gone', async () => {
    const it = await synced(user('emo'), user('ann'));
    const slow = Promise.withResolvers<void>();
    it.delay('ann', slow.promise);
    await it.change(() => {
      it.users.objects.clear();
      it.server.clear();
    });
    await it.change(() => it.users.objects.set('emo', user('emo')));
    await it.change(() => slow.resolve());
    expect(it.names()).toEqual(['emo']);
  });

  it('stay while the server cannot say, and are asked for again', async () => {
    const it = await synced(user('emo'));
    it.server.set('emo', new ApiError('get emo: no answer', { status: 0 }));
    await it.change(() => it.users.objects.delete('emo'));
    expect(it.names()).toEqual(['emo']);
    it.server.delete('emo');
    await it.change(() => it.clock.advance(6000));
    expect(it.names()).toEqual([]);
  });

  it('stay where the history of the server went back, which is said until they are created again', async () => {
    const emo = user('emo');
    const it = await synced(emo);
    await it.change(() => {
      it.users.objects.delete('emo');
      it.server.delete('emo');
      it.users.departures.set('emo', { last: emo, by: 'rewind' });
    });
    expect(it.names()).toEqual(['emo']);
    expect(it.source.trouble).toMatchObject({
      reason: 'HistoryLost',
      message: expect.stringContaining('emo'),
    });
    await it.change(() => it.users.sync(user('emo', { meta: { uid: 'new' } })));
    expect(it.source.trouble).toBeUndefined();
  });

  /** Somebody is missing from all that the server has, and it turns out that it was set back. */
  const forget = async (it: Awaited<ReturnType<typeof synced>>, name: string, work: () => void) => {
    it.server.delete(name);
    await it.change(() => {
      it.users.objects.delete(name);
      work();
    });
  };

  it('stay where the server turns out to have been set back when it is asked who is gone', async () => {
    const it = await synced(user('emo'), user('ann'));
    it.lease.confirm = () => Promise.resolve(it.source.setBack());
    await forget(it, 'emo', () => undefined);
    expect(it.names()).toEqual(['emo', 'ann']);
    expect(it.source.trouble).toMatchObject({ reason: 'HistoryLost' });
    expect(it.users.setBacks).toBe(1);
  });

  it('stay where that is noticed between the list and the question', async () => {
    const it = await synced(user('emo'), user('ann'));
    await forget(it, 'emo', () => it.source.setBack());
    expect(it.names()).toEqual(['emo', 'ann']);
    expect(it.source.trouble).toMatchObject({ reason: 'HistoryLost' });
  });

  it('stay while the server cannot say whether it was set back, and go once it was not', async () => {
    const it = await synced(user('emo'), user('ann'));
    it.lease.confirm = () => Promise.reject(new ApiError('replace the lease: no answer', { status: 0 }));
    await forget(it, 'emo', () => undefined);
    expect(it.names()).toEqual(['emo', 'ann']);
    expect(it.said.join()).toContain('has forgotten nobody: replace the lease: no answer: it is asked again');
    it.lease.confirm = () => Promise.resolve();
    await it.change(() => it.clock.advance(6000));
    expect(it.names()).toEqual(['ann']);
  });

  it('who go after a server was set back go, and from then on its new word counts', async () => {
    const it = await synced(user('emo'), user('ann'));
    const kept = () => JSON.parse(it.files.get('/var/lib/workstation/cluster.json') ?? '') as object;
    expect(kept()).toMatchObject({ renewal: { uid: 'lease', resourceVersion: '7' } });
    it.heartbeat.renewal = undefined;
    await it.change(() => it.source.setBack());
    it.heartbeat.renewal = { uid: 'another', resourceVersion: '3' };
    await it.change(() => undefined);
    expect(kept()).toMatchObject({ renewal: { uid: 'another', resourceVersion: '3' } });
    await forget(it, 'emo', () => undefined);
    expect(it.names()).toEqual(['ann']);
  });

  it('stay where an earlier run knew of them, and the server no longer does', async () => {
    const before = await synced(user('emo'), user('ann'));
    const it = stage(before.files);
    it.heartbeat.renewal = undefined;
    const started = it.start();
    expect(it.heartbeat.renewal).toEqual({ uid: 'lease', resourceVersion: '7' });
    it.source.setBack();
    it.workstations.sync(devvm);
    it.users.sync(user('ann'));
    await started;
    expect(it.names()).toEqual(['emo', 'ann']);
    expect(it.source.trouble?.message).toContain('it has lost emo: ');
  });

  it('are gone from here when they belong to another machine now', async () => {
    const it = await synced(user('emo'));
    it.server.set('emo', user('emo', { spec: { workstation: 'other' } }));
    await it.change(() => it.users.objects.delete('emo'));
    expect(it.names()).toEqual([]);
  });

  it('who are being deleted leave, and are kept in sight', async () => {
    const it = await synced(user('emo', { spec: { osUser: 'emil' } }));
    await it.change(() =>
      it.users.sync(
        user('emo', { spec: { osUser: 'emil' }, meta: { deletionTimestamp: '2026-01-01T00:00:00Z' } }),
      ),
    );
    expect(it.names()).toEqual([]);
    expect(it.source.current?.leaving).toEqual([{ name: 'emo', osUser: 'emil' }]);
  });

  it('who are not accepted are barred, and declared all the same', async () => {
    const refusal = { type: 'Accepted', status: 'False', reason: 'TierConflict', message: 'no' };
    const it = await synced(user('emo', { status: { conditions: [refusal] } }));
    expect(it.names()).toEqual(['emo']);
    expect(it.source.current?.barred).toEqual([{ name: 'emo', reason: 'TierConflict', message: 'no' }]);
  });

  it('whose object another version of the program wrote are unsound, and not gone', async () => {
    const it = await synced(user('emo', { spec: { tier: 'owner' } }));
    expect(it.names()).toEqual([]);
    expect(it.source.current?.unsound).toEqual([
      expect.objectContaining({ name: 'emo', osUser: 'emo', reason: 'Invalid' }),
    ]);
  });

  it('are told of when what is declared changes, and not when a status does', async () => {
    const it = await synced(user('emo'));
    const before = it.changes();
    await it.change(() => it.users.sync(user('emo', { status: { conditions: [] } })));
    expect(it.changes()).toBe(before);
    await it.change(() => it.users.sync(user('emo', { spec: { tier: 'admin' }, meta: { generation: 2 } })));
    expect(it.changes()).toBe(before + 1);
  });
});

describe('a server that is away', () => {
  it('is no reason not to start, where there was one before', async () => {
    const before = await synced(user('emo'), user('ann', { status: { conditions: [{ type: 'Accepted', status: 'False', reason: 'No', message: '' }] } })); // prettier-ignore
    const it = stage(before.files);
    const started = it.start();
    it.clock.advance(10_000);
    await started;
    expect(it.names()).toEqual(['emo', 'ann']);
    expect(it.source.current?.barred).toHaveLength(1);
    it.trouble(new ApiError('list workstationusers: connection refused', { status: 0 }));
    expect(it.source.trouble).toMatchObject({ reason: 'ServerUnreachable' });
    it.workstations.sync(devvm);
    it.server.set('emo', user('emo'));
    await it.change(() => it.users.sync(user('emo')));
    it.trouble(undefined);
    await it.change(() => undefined);
    expect(it.names()).toEqual(['emo']);
    expect(it.source.trouble).toBeUndefined();
  });

  it('is told once of who approves removals, though nothing else is declared otherwise', async () => {
    const it = await synced(user('emo'));
    const before = it.changes();
    const annotations = { 'workstation.dev/approve-removals': 'ann,bob at 2026-03-01T00:00:00.000Z' };
    const approved = { ...devvm, metadata: { ...devvm.metadata, annotations } };
    await it.change(() => it.workstations.objects.set('devvm', approved));
    await it.change(() => undefined);
    expect(it.changes()).toBe(before + 1);
    expect(it.source.current?.approval).toEqual({
      text: 'ann,bob at 2026-03-01T00:00:00.000Z',
      osUsers: ['ann', 'bob'],
    });
  });

  it('says that a token cannot be renewed, until it could', async () => {
    const it = await synced(user('emo'));
    it.source.credentials('renew the token: 403');
    expect(it.source.concerns).toEqual([
      {
        type: 'CredentialsReady',
        status: 'False',
        reason: 'TokenNotRenewed',
        message: 'renew the token: 403',
      },
    ]);
    expect([it.source.trouble, it.changes()]).toEqual([undefined, 1]);
    it.source.credentials(undefined);
    expect([it.source.concerns, it.changes()]).toEqual([[], 2]);
  });

  it('leaves a Workstation that cannot be carried out unfollowed', async () => {
    const it = await synced(user('emo'));
    const broken = { ...devvm, metadata: { name: 'devvm', uid: 'w', generation: 2 }, spec: { nonsense: 1 } };
    await it.change(() => it.workstations.sync(broken));
    expect(it.source.trouble).toMatchObject({ reason: 'WorkstationInvalid' });
    expect(it.source.current?.workstation.object.spec.services).toHaveLength(2);
  });
});
