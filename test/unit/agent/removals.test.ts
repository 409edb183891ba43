import { user } from '../reconcile/passes.ts';
import { running } from './stage.ts';

describe('several who are declared no more', () => {
  it('stay where they come back while others are being cut off', async () => {
    const people = ['ann', 'bea', 'emo'].map((name) => user(name));
    const it = await running(people);
    let isCut = false;
    it.machine.before = (who) => {
      if (isCut || (who !== 'bea' && who !== 'emo')) return undefined;
      isCut = true;
      it.source.declare(people.filter(({ metadata }) => metadata.name !== who));
      return undefined;
    };
    it.source.declare(people.slice(0, 1));
    await it.idle();
    expect(Object.keys(it.saved.state.cuts)).toHaveLength(1);
    expect(
      ['bea', 'emo'].filter((name) => it.machine.accounts.get(name)?.expires !== undefined),
    ).toHaveLength(1);
  });

  it('stay where more are gone than the limit allows, until somebody approves', async () => {
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

  it('go where the source approves it of those who are held, and each approval counts once', async () => {
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
    for (const name of held() ?? [])
      expect(it.machine.tree.get('/etc/ttyd-user-map')).toMatchObject({
        text: expect.stringContaining(name),
      });
    it.source.declare(people, { approval });
    await it.idle();
    expect([held(), it.saved.state.cuts]).toEqual([undefined, {}]);
    it.source.declare(stay('ann', 'hal'), { approval });
    await it.idle();
    expect([held(), it.saved.state.cuts]).toEqual([['bea', 'cid', 'dan', 'emo', 'fay', 'gil'], {}]);
  });
});
