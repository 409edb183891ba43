import { user } from '../reconcile/passes.ts';
import { stage, type Stage } from './stage.ts';

const emo = user('emo');
const ann = user('ann');
const signal = new AbortController().signal;

describe('an agent', () => {
  it('brings everybody who is declared onto the machine and says so', async () => {
    const it = stage();
    it.source.declare([emo, ann]);
    await it.agent.start(signal);
    await it.idle();
    expect(it.said('emo', 'Ready')).toBe('True Ready');
    expect(it.said('ann', 'Ready')).toBe('True Ready');
    expect(it.machineSaid('Ready')).toBe('True Ready');
    expect(it.machine.tree.get('/etc/ttyd-user-map')).toMatchObject({
      text: expect.stringContaining('emo@x=emo'),
    });
    expect(it.agent.isReady).toBe(true);
    expect(it.saved.state.users.emo?.status.ports).toEqual({ t3: 3774, playwright: 8932 });
    await it.agent.stop(1000);
  });

  it('makes passes for those only whom a change concerns', async () => {
    const it = stage();
    it.source.declare([emo, ann]);
    await it.agent.start(signal);
    await it.idle();
    it.passes.length = 0;
    it.source.declare([user('emo', { tier: 'admin' }), ann]);
    await it.idle();
    expect(new Set(it.passes)).toEqual(new Set(['emo Declared', 'machine Declared']));
    expect(it.machine.accounts.get('emo')?.groups).toContain('docker');
    await it.agent.stop(1000);
  });
});

describe('drift', () => {
  it('of a file, unit or account is repaired by a pass of its owner, and of nobody else', async () => {
    const it = await running([emo, ann]);
    const owners: [Parameters<typeof it.hint>[0], () => void][] = [
      [
        { kind: 'file', path: '/etc/t3-serve/emo.env' },
        () => it.machine.tree.delete('/etc/t3-serve/emo.env'),
      ],
      [
        { kind: 'unit', unit: 't3-serve@emo.service' },
        () =>
          it.machine.unitFacts.set('t3-serve@emo.service', {
            ...it.machine.units.get('t3-serve@emo.service')!,
            active: 'inactive',
          }),
      ],
      [
        { kind: 'accounts' },
        () => it.machine.accounts.set('emo', { ...it.machine.accounts.get('emo')!, password: 'set' }),
      ],
      [
        { kind: 'home', osUser: 'emo', name: 'start-claude.sh' },
        () => it.machine.tree.delete('/home/emo/start-claude.sh'),
      ],
    ];
    for (const [hint, drift] of owners) {
      it.passes.length = 0;
      drift();
      it.hint(hint);
      await it.until(() => it.passes.length > 0);
      await it.idle();
      expect([hint.kind, it.passes.filter((pass) => !pass.startsWith('machine'))]).toEqual([
        hint.kind,
        ['emo Drift'],
      ]);
    }
    expect(it.machine.tree.get('/etc/t3-serve/emo.env')).toMatchObject({
      text: expect.stringContaining('T3_PORT=3774'),
    });
    expect(it.machine.units.get('t3-serve@emo.service')?.active).toBe('active');
    expect(it.machine.tree.has('/home/emo/start-claude.sh')).toBe(true);
  });

  it('of a map is repaired by the machine’s own pass', async () => {
    const it = await running([emo]);
    it.machine.tree.delete('/etc/ttyd-user-map');
    it.hint({ kind: 'file', path: '/etc/ttyd-user-map' });
    await it.until(() => it.machine.tree.has('/etc/ttyd-user-map'));
  });

  it('of what is as it should be starts no pass', async () => {
    const it = await running([emo]);
    it.passes.length = 0;
    it.hint({ kind: 'accounts' });
    it.hint({ kind: 'unit', unit: 't3-serve@emo.service' });
    it.hint({ kind: 'unit', unit: 'cron.service' });
    await it.idle();
    expect(it.passes).toEqual([]);
  });

  it('that nobody hinted at is found at the next look at everybody', async () => {
    const it = await running([emo]);
    it.machine.tree.delete('/home/emo/.kube/config');
    it.clock.advance(661_000);
    await it.until(() => it.machine.tree.has('/home/emo/.kube/config'));
  });
});

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

  it('stays where more are gone than the limit allows, until somebody approves', async () => {
    const people = ['ann', 'bea', 'cid', 'dan', 'emo'].map((name) => user(name));
    const it = await running(people);
    const map = it.machine.tree.get('/etc/ttyd-user-map');
    it.source.declare(people.slice(0, 1));
    await it.idle();
    expect(it.machineSaid('RemovalsPaused')).toBe('True MassRemoval');
    expect(it.machineSaid('Ready')).toMatch(/^False/);
    expect(it.machine.accounts.get('emo')?.expires).toBeUndefined();
    expect(it.machine.tree.get('/etc/ttyd-user-map')).toEqual(map);
    expect(it.agent.approve()).toEqual(['bea', 'cid', 'dan', 'emo']);
    await it.idle();
    expect(Object.keys(it.saved.state.cuts).sort()).toEqual(['bea', 'cid', 'dan', 'emo']);
    expect(it.machineSaid('RemovalsPaused')).toBeUndefined();
    expect(it.book.state.approved).toEqual([]);
    expect(it.machine.tree.get('/etc/ttyd-user-map')).toMatchObject({
      text: expect.not.stringContaining('emo'),
    });
  });

  it('goes where the source approves it of those who are held, and each approval counts once', async () => {
    const people = ['ann', 'bea', 'cid', 'dan', 'emo', 'fay', 'gil', 'hal'].map((name) => user(name));
    const stay = (...names: string[]) => people.filter(({ metadata }) => names.includes(metadata.name));
    const it = await running(people);
    const held = () => it.book.state.workstation?.status.heldRemovals;
    it.source.declare(stay('ann', 'hal'));
    await it.idle();
    expect(held()).toEqual(['bea', 'cid', 'dan', 'emo', 'fay', 'gil']);
    const approval = { text: 'bea,dan,hal at noon', osUsers: ['bea', 'dan', 'hal'] };
    it.source.declare(stay('ann', 'dan', 'hal'), { approval });
    await it.idle();
    expect(Object.keys(it.saved.state.cuts)).toEqual(['bea']);
    expect(held()).toEqual(['cid', 'emo', 'fay', 'gil']);
    it.source.declare(people, { approval });
    await it.idle();
    expect([held(), it.saved.state.cuts]).toEqual([undefined, {}]);
    it.source.declare(stay('ann', 'hal'), { approval });
    await it.idle();
    expect([held(), it.saved.state.cuts]).toEqual([['bea', 'cid', 'dan', 'emo', 'fay', 'gil'], {}]);
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

describe('what fails', () => {
  it('is tried again after ever longer waits, and holds up nobody else', async () => {
    const it = stage();
    it.machine.before = (who, action) =>
      who === 'emo' && action.kind === 'clone'
        ? { kind: 'failed', reason: 'RemoteDown', message: 'no answer' }
        : undefined;
    it.source.declare([emo, ann]);
    await it.agent.start(signal);
    await it.idle();
    expect(it.said('ann', 'Ready')).toBe('True Ready');
    expect(it.said('emo', 'CodeReady')).toBe('False RemoteDown');
    const tries = () => it.machine.log.filter(({ action }) => action.kind === 'clone').length;
    for (const wait of [1000, 2000, 4000]) {
      const before = tries();
      it.clock.advance(wait / 4);
      await it.idle();
      expect(tries()).toBe(before);
      it.clock.advance(wait);
      await it.until(() => tries() > before);
      await it.idle();
    }
    it.machine.before = () => undefined;
    it.clock.advance(8000);
    await it.until(() => it.said('emo', 'Ready') === 'True Ready');
  });

  it('is the reading of what is declared: what was declared before holds', async () => {
    const it = await running([emo]);
    it.source.fail({ reason: 'RosterInvalid', message: 'roster.yaml:1:1: found nonsense' });
    await it.idle();
    expect(it.machineSaid('SourceReady')).toBe('False RosterInvalid');
    expect(it.machineSaid('Ready')).toBe('False RosterInvalid');
    expect(it.said('emo', 'Ready')).toBe('True Ready');
  });
});

describe('stopping', () => {
  it('lets the running action finish and begins no other', async () => {
    const it = stage();
    let go = (): void => {};
    const clones: string[] = [];
    const perform = it.machine.do.bind(it.machine);
    it.machine.do = async (who, action) => {
      if (action.kind !== 'clone') return perform(who, action);
      clones.push(action.clone.path);
      await new Promise<void>((resolve) => (go = resolve));
      return perform(who, action);
    };
    it.source.declare([user('emo', { codeLayout: 'workspace', repos: ['tripit'] })]);
    await it.agent.start(signal);
    await it.until(() => clones.length === 1);
    const stopped = it.agent.stop(60_000);
    go();
    await stopped;
    expect(clones).toEqual(['/home/emo/code/infra']);
    expect(it.machine.tree.has('/home/emo/code/infra/.git/config')).toBe(true);
    expect(it.machine.tree.has('/home/emo/.kube/config')).toBe(false);
    expect(it.said('emo', 'Ready')).toBeUndefined();
    expect(it.clock.timers).toBe(0);
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

/** An agent that has brought these people onto a machine. */
async function running(users: Parameters<Stage['source']['declare']>[0]): Promise<Stage> {
  const it = stage();
  it.source.declare(users);
  await it.agent.start(signal);
  await it.idle();
  return it;
}
