import { user } from '../reconcile/passes.ts';
import { running, stage } from './stage.ts';

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

it('a look at everybody plans for nobody for whom nothing has changed', async () => {
  const it = await running([emo, ann]);
  const looks: [string, boolean][] = [];
  const lookAtHome = it.machine.lookAtHome.bind(it.machine);
  it.machine.lookAtHome = async (osUser, home, probes, known) => {
    const found = await lookAtHome(osUser, home, probes, known);
    looks.push([osUser, found === undefined]);
    return found;
  };
  for (let round = 0; round < 2; round++) {
    looks.length = 0;
    it.clock.advance(661_000);
    await it.until(() => looks.length >= 2);
    await it.idle();
  }
  expect(looks).toEqual([
    ['ann', true],
    ['emo', true],
  ]);
});

it('people whose passes begin together look at a source once', async () => {
  const it = await running([emo, ann]);
  const looked: string[] = [];
  const lookAtSources = it.machine.lookAtSources.bind(it.machine);
  it.machine.lookAtSources = (sources) => {
    looked.push(...sources);
    return lookAtSources(sources);
  };
  it.passes.length = 0;
  for (const name of ['emo', 'ann']) it.agent.reconcile(name);
  await it.idle();
  expect(it.passes).toEqual(expect.arrayContaining(['emo Drift', 'ann Drift']));
  expect(looked.filter((path) => path === '/opt/workstation/skel/start-claude.sh')).toHaveLength(1);
  await it.agent.stop(1000);
});
