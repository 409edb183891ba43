import { NOW } from '../reconcile/memory-files.ts';
import { MemoryMachine } from '../reconcile/memory-machine.ts';
import { user } from '../reconcile/passes.ts';
import type { AgentParts } from '../../../src/agent/parts.ts';
import { stage, type Stage } from './stage.ts';

const emo = user('emo');
const ann = user('ann');
const signal = new AbortController().signal;
const EXHAUSTED = new Error('EMFILE: too many open files');

/** Everything that looks at the machine fails, until `end` is called; `failed` says how often units were asked for. */
function exhaust({ machine }: Stage): { failed: number; end: () => void } {
  const told = {
    failed: 0,
    // Its own are those of the class again.
    end: () => {
      for (const look of ['account', 'lookAtUnits', 'lookUp']) Reflect.deleteProperty(machine, look);
    },
  };
  machine.account = () => {
    throw EXHAUSTED;
  };
  machine.lookAtUnits = () => {
    told.failed += 1;
    return Promise.reject(EXHAUSTED);
  };
  machine.lookUp = () => Promise.reject(EXHAUSTED);
  return told;
}

describe('an agent that cannot read a file for a while', () => {
  it('gives nobody the port which that file holds, and tells its owner so until it can be read', async () => {
    const it = await running();
    const { machine } = it;
    machine.lookAtSystem = (probes) => {
      const entries = new Map(MemoryMachine.prototype.lookAtSystem.call(machine, probes));
      for (const path of entries.keys())
        if (path === '/etc/t3-serve/emo.env')
          entries.set(path, { kind: 'blocked', obstacle: { reason: 'error', at: path, code: 'EMFILE' } });
      return entries;
    };
    it.source.declare([emo, ann]);
    await it.idle();
    expect(it.said('ann', 'Ready')).toBe('True Ready');
    expect(it.book.state.users.ann?.status.ports).toEqual({ t3: 3774, playwright: 8932 });
    it.hint({ kind: 'accounts' });
    it.hint({ kind: 'file', path: '/etc/t3-serve/emo.env' });
    await it.idle();
    expect(it.said('emo', 'ServicesReady')).toBe('False EnvFileUnreadable');
    Reflect.deleteProperty(machine, 'lookAtSystem');
    it.clock.advance(61_000);
    await it.idle();
    expect(it.said('emo', 'Ready')).toBe('True Ready');
  });
});

describe('an agent on a machine that nobody can look at for a while', () => {
  it('takes up what was declared meanwhile', async () => {
    const it = await running();
    const exhausted = exhaust(it);
    it.source.declare([emo, ann]);
    await it.idle();
    expect(it.machine.accounts.has('ann')).toBe(false);
    exhausted.end();
    it.clock.advance(5000);
    await it.idle();
    expect(it.said('ann', 'Ready')).toBe('True Ready');
    expect(it.machine.tree.get('/etc/ttyd-user-map')).toMatchObject({
      text: expect.stringContaining('ann'),
    });
    await it.agent.stop(1000);
    expect(it.clock.timers).toBe(0);
  });

  it('finds what it was hinted at', async () => {
    const it = await running();
    const exhausted = exhaust(it);
    const unit = 't3-serve@emo.service';
    it.machine.unitFacts.set(unit, { ...it.machine.units.get(unit)!, active: 'inactive' });
    it.hint({ kind: 'unit', unit });
    await it.until(() => exhausted.failed > 0);
    await it.idle();
    exhausted.end();
    it.clock.advance(5000);
    await it.until(() => it.machine.units.get(unit)?.active === 'active');
    await it.agent.stop(1000);
  });

  it('looks at everybody once that can be done', async () => {
    const it = await running();
    const exhausted = exhaust(it);
    it.machine.tree.delete('/home/emo/.kube/config');
    it.clock.advance(661_000);
    await it.idle();
    exhausted.end();
    it.clock.advance(5000);
    await it.until(() => it.machine.tree.has('/home/emo/.kube/config'));
    await it.agent.stop(1000);
  });
});

describe('a wall clock that jumps', () => {
  const YEAR = 366 * 86_400_000;
  it.each([
    ['back', -YEAR],
    ['ahead', YEAR],
  ])('%s keeps nobody from being served, nor from being looked at again', async (_, jump) => {
    let offset = 0;
    const it = await running({ now: () => new Date(NOW + offset) });
    offset = jump;
    it.source.declare([emo, ann]);
    await it.idle();
    expect(it.said('ann', 'Ready')).toBe('True Ready');
    it.machine.tree.delete('/home/emo/.kube/config');
    it.clock.advance(661_000);
    await it.until(() => it.machine.tree.has('/home/emo/.kube/config'));
    await it.idle();
    const wait = Date.parse(it.agent.nextResync?.at ?? '') - (NOW + offset);
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThan(661_000);
    await it.agent.stop(1000);
    expect(it.clock.timers).toBe(0);
  });
});

describe('a pass that cannot be made', () => {
  it('is the trouble of one person, said and tried again', async () => {
    const it = stage();
    it.source.declare([emo, ann]);
    it.machine.beforeLook = (who) => {
      if (who === 'emo') throw new Error('the helper process was killed');
    };
    await it.agent.start(signal);
    await it.idle();
    expect(it.said('ann', 'Ready')).toBe('True Ready');
    expect(it.said('emo', 'Ready')).toBe('False PassFailed');
    it.machine.beforeLook = () => {};
    it.clock.advance(2000);
    await it.until(() => it.said('emo', 'Ready') === 'True Ready');
    await it.agent.stop(1000);
  });
});

describe('what is remembered', () => {
  it('is of people who are known, though a pass of theirs ended after they had left', async () => {
    const it = await running();
    it.diary.busy('ghost', false);
    expect(it.diary.size).toBe(2);
    it.clock.advance(661_000);
    await it.idle();
    expect(it.diary.size).toBe(1);
    await it.agent.stop(1000);
  });

  it('is tried to be written down again with each look at everybody', async () => {
    let times = 0;
    const it = await running({ flush: () => (times += 1) });
    it.clock.advance(661_000);
    await it.idle();
    expect(times).toBe(1);
    await it.agent.stop(1000);
  });
});

async function running(parts: Partial<AgentParts> = {}): Promise<Stage> {
  const it = stage({ parts });
  it.source.declare([emo]);
  await it.agent.start(signal);
  await it.idle();
  return it;
}
