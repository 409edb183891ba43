import type { WorkstationUser } from '../../../src/api/user.ts';
import { MemoryMachine } from '../reconcile/memory-machine.ts';
import { user } from '../reconcile/passes.ts';
import { running, stage } from './stage.ts';

const emo = user('emo');
const ann = user('ann');

describe('somebody who is declared no more', () => {
  it('is cut off, and keeps uid, port and files', async () => {
    const it = await running([emo, ann]);
    it.source.declare([ann]);
    await it.idle();
    expect(it.machine.accounts.get('emo')).toMatchObject({ password: 'locked', expires: 1 });
    expect(it.saved.state.cuts.emo).toMatchObject({ uid: 1002, ports: { t3: 3774 }, locked: true });
    expect(it.book.state.users.emo).toBeUndefined();
    expect(it.machine.tree.get('/etc/ttyd-user-map')).toMatchObject({
      text: expect.not.stringContaining('emo'),
    });
    it.machine.tree.delete('/etc/t3-serve/emo.env');
    it.source.declare([ann, user('bea')]);
    await it.idle();
    expect(it.book.state.users.bea?.status.ports.t3).toBe(3775);
  });

  it('is cut off though they go while their first pass is made', async () => {
    const it = await running([ann]);
    it.source.declare([ann, emo]);
    await it.until(() => it.passes.includes('emo Declared'));
    it.source.declare([ann]);
    await it.idle();
    expect(it.machine.accounts.get('emo')).toMatchObject({ password: 'locked', expires: 1 });
    expect(it.saved.state.begun).toBeUndefined();
  });

  it('is cut off though they go while their first pass is made, and could not be read before', async () => {
    const it = await running([ann]);
    it.source.declare([ann], {
      unsound: [{ name: 'emo', reason: 'Invalid', message: 'tier: no such tier' }],
    });
    await it.idle();
    expect(it.book.state.users.emo?.status.uid).toBeUndefined();
    it.source.declare([ann, emo]);
    await it.until(() => it.passes.includes('emo Declared'));
    it.source.declare([ann]);
    await it.idle();
    expect(it.machine.accounts.get('emo')).toMatchObject({ password: 'locked', expires: 1 });
    expect(it.saved.state).not.toHaveProperty('begun');
    expect(it.saved.state.users).not.toHaveProperty('emo');
  });

  it('is cut off though an object of their name that is not accepted came in between', async () => {
    const made = (uid: string): WorkstationUser => ({
      ...user('emo'),
      metadata: { name: 'emo', uid, generation: 1 },
    });
    const it = await running([ann, made('first')]);
    it.source.declare([ann, made('second')], {
      barred: [{ name: 'emo', reason: 'TierConflict', message: 'the cluster says otherwise' }],
    });
    await it.idle();
    expect(it.book.state.users.emo?.status.uid).toBeUndefined();
    it.source.declare([ann]);
    await it.idle();
    expect(it.machine.accounts.get('emo')).toMatchObject({ password: 'locked', expires: 1 });
    expect(it.book.state).not.toHaveProperty('begun');
    expect(it.book.state.users).not.toHaveProperty('emo');
  });

  const rival = user('rival', { osUser: 'emo' });
  it.each([
    ['that somebody else had', [ann, emo], rival, [{ name: 'emo', osUser: 'emo' }]],
    ['that was cut off before', [ann], emo, []],
  ])(
    'is cut off though they go while their first pass is made, over an account %s',
    async (_, before, newcomer, leaving) => {
      const it = await running([ann, emo]);
      it.source.declare(before);
      await it.idle();
      const { machine } = it;
      const seen = Promise.withResolvers<void>();
      const end = Promise.withResolvers<void>();
      machine.lookAtHome = async (...what) => {
        if (what[0] === 'emo' && machine.accounts.get('emo')?.expires === undefined) {
          seen.resolve();
          await end.promise;
        }
        return MemoryMachine.prototype.lookAtHome.apply(machine, what);
      };
      it.source.declare([ann, newcomer], { leaving });
      await seen.promise;
      it.source.declare([ann]);
      end.resolve();
      await it.idle();
      expect(it.machine.accounts.get('emo')).toMatchObject({ password: 'locked', expires: 1 });
      expect(it.book.state).not.toHaveProperty('begun');
    },
  );

  it('leaves nothing unfinished behind, tidied up before the cut ends what they run', async () => {
    const it = await running([ann, emo]);
    const swept: unknown[] = [];
    it.machine.removeLeftovers = (osUser, directories) => {
      swept.push([osUser, directories, it.machine.accounts.get(osUser)?.expires]);
      return Promise.reject(new Error('the home is gone'));
    };
    it.source.declare([ann]);
    await it.idle();
    expect(swept).toEqual([['emo', ['/home/emo', '/home/emo/code'], undefined]]);
    expect(it.machine.accounts.get('emo')).toMatchObject({ password: 'locked', expires: 1 });
  });

  it('is cut off though the program died in their first pass and they were gone when it began again', async () => {
    const { machine, saved } = await running([ann, emo]);
    const { emo: _, ...users } = saved.state.users;
    const it = stage({ machine, state: { ...saved.state, users, begun: { emo: 'emo' } } });
    it.source.declare([ann]);
    await it.agent.start(new AbortController().signal);
    await it.idle();
    expect(it.machine.accounts.get('emo')).toMatchObject({ password: 'locked', expires: 1 });
  });

  it('gets back what the cut took when declared again', async () => {
    const it = await running([user('emo', { tier: 'admin' }), ann]);
    it.source.declare([ann]);
    await it.idle();
    expect(it.machine.accounts.get('emo')?.groups).toEqual(['emo']);
    it.source.declare([user('emo', { tier: 'admin' }), ann]);
    await it.idle();
    expect(it.machine.accounts.get('emo')?.groups).toEqual(['emo', 'code-shared', 'docker', 'sudo']);
    expect(it.machine.accounts.get('emo')?.expires).toBeUndefined();
    expect(it.machine.units.get('t3-serve@emo.service')).toMatchObject({ enabled: true, active: 'active' });
    expect(it.saved.state.cuts).toEqual({});
    expect(it.said('emo', 'Ready')).toBe('True Ready');
  });

  it('is cut off again though no more than their groups had been given back', async () => {
    const it = await running([user('emo', { tier: 'admin' }), ann]);
    it.source.declare([ann]);
    await it.idle();
    it.machine.before = (who, { kind }) =>
      who === 'emo' && kind === 'unlock-account'
        ? { kind: 'failed', reason: 'Error', message: 'usermod is away' }
        : undefined;
    it.source.declare([user('emo', { tier: 'admin' }), ann]);
    await it.idle();
    expect(it.machine.accounts.get('emo')).toMatchObject({ password: 'locked', expires: 1 });
    expect(it.machine.accounts.get('emo')?.groups).toContain('docker');
    it.source.declare([ann]);
    await it.idle();
    expect(it.machine.accounts.get('emo')).toMatchObject({ password: 'locked', groups: ['emo'] });
    expect(it.saved.state.cuts.emo).not.toHaveProperty('undoing');
    expect(it.saved.state.users).not.toHaveProperty('emo');
  });

  it('is let in peace where nobody at all is declared', async () => {
    const it = await running([emo]);
    it.source.declare([]);
    await it.idle();
    expect(it.machineSaid('RemovalsPaused')).toBe('True MassRemoval');
    expect(it.machine.accounts.get('emo')?.expires).toBeUndefined();
  });

  it('goes where nobody else is declared, when they were deleted by name', async () => {
    const it = await running([emo]);
    it.source.declare([], { leaving: [{ name: 'emo', osUser: 'emo' }] });
    await it.idle();
    expect(it.machine.accounts.get('emo')?.expires).toBe(1);
    expect(it.offboarded).toEqual(['emo']);
  });

  it('is not somebody whose declaration cannot be read', async () => {
    const it = await running([emo, ann]);
    it.source.declare([ann], {
      unsound: [{ name: 'emo', reason: 'Invalid', message: 'roster.yaml:3:5: found "x"' }],
    });
    await it.idle();
    expect(it.said('emo', 'Stalled')).toBe('True Invalid');
    expect(it.machine.accounts.get('emo')?.expires).toBeUndefined();
    expect(it.saved.state.cuts).toEqual({});
  });

  it('whose declaration could never be read is shown, and nobody’s account is touched when the entry goes', async () => {
    const it = await running([emo, ann]);
    it.machine.accounts.set('bob', { ...it.machine.accounts.get('emo')!, name: 'bob', uid: 1500 });
    it.source.declare([emo, ann], { unsound: [{ name: 'bob', reason: 'Invalid', message: 'found "x"' }] });
    await it.idle();
    expect(it.said('bob', 'Stalled')).toBe('True Invalid');
    it.source.declare([emo, ann]);
    await it.idle();
    expect(it.book.state.users.bob).toBeUndefined();
    expect(it.machine.accounts.get('bob')?.expires).toBeUndefined();
  });

  it('is cut off also when they were stalled before', async () => {
    const it = await running([emo, ann]);
    it.source.declare([emo, ann], { barred: [{ name: 'emo', reason: 'TierConflict', message: 'no' }] });
    await it.idle();
    expect(it.book.state.users.emo?.status).toMatchObject({ uid: 1002, ports: { t3: 3774 } });
    it.source.declare([ann]);
    await it.idle();
    expect(it.machine.accounts.get('emo')?.expires).toBe(1);
  });

  it('was on the machine before and never declared: a pass leaves them alone', async () => {
    const it = await running([emo]);
    it.machine.accounts.set('old', { ...it.machine.accounts.get('emo')!, name: 'old', uid: 1500 });
    it.source.declare([emo, ann]);
    await it.idle();
    expect(it.machine.accounts.get('old')?.expires).toBeUndefined();
  });

  it('is told to be offboarded while the object waits for it, also by an agent that never knew them', async () => {
    const it = await running([emo, ann]);
    it.source.declare([ann], {
      leaving: [
        { name: 'emo', osUser: 'emo' },
        { name: 'ghost', osUser: 'ghost' },
      ],
    });
    await it.idle();
    expect(it.machine.accounts.get('emo')?.expires).toBe(1);
    expect(new Set(it.offboarded)).toEqual(new Set(['ghost', 'emo']));
  });
});

describe('releasing somebody who has left', () => {
  it('gives their port and uid free, and says so of nobody else', async () => {
    const it = await running([emo, ann]);
    expect(await it.agent.release('emo')).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('declared'),
    });
    expect(await it.agent.release('root')).toMatchObject({ kind: 'refused' });
    it.source.declare([ann]);
    await it.idle();
    expect(await it.agent.release('emo')).toEqual({ kind: 'released' });
    expect(it.machine.tree.has('/etc/t3-serve/emo.env')).toBe(false);
    expect(it.book.state.cuts).toEqual({});
    expect(it.machine.tree.has('/home/emo/.kube/config')).toBe(true);
    it.source.declare([ann, user('bea')]);
    await it.idle();
    expect(it.book.state.users.bea?.status.ports.t3).toBe(3774);
  });
});
