import type { Action } from '../../../src/sections/action.ts';
import { link } from '../sections/tree.ts';
import { MemoryMachine } from './memory-machine.ts';
import { apply, converged, doneBy, falseOf, plan, saidOf, user } from './passes.ts';

const emo = user('emo');
const people = [user('ann'), emo, user('kim')];

describe('one person’s trouble', () => {
  const fails = (name: string, kind: Action['kind']) => (who: string, action: Action) =>
    who === name && action.kind === kind
      ? ({ kind: 'failed', reason: 'Broken', message: 'it broke' } as const)
      : undefined;

  it('that is a failed action is that person’s', async () => {
    const machine = new MemoryMachine();
    machine.before = fails('emo', 'clone');
    const outcome = await apply(machine, people);
    expect(falseOf(outcome, 'ann')).toEqual([]);
    expect(falseOf(outcome, 'kim')).toEqual([]);
    expect(saidOf(outcome, 'emo')).toEqual(
      expect.arrayContaining([
        'Ready=False Broken: CodeReady: it broke',
        'CodeReady=False Broken: it broke',
        'FilesReady=True ReadyWithNotes: /home/emo/.claude/settings.json: no MEMORY_API_KEY, so the memory hooks do nothing until an admin mints one',
        'Reconciling=True Retrying: the next pass tries again: CodeReady',
      ]),
    );
  });

  it('that is thrown is that person’s', async () => {
    const machine = new MemoryMachine();
    machine.before = (who, action) => {
      if (who === 'emo' && action.kind === 'clone') throw new Error('it \x1b broke');
      return undefined;
    };
    const outcome = await apply(machine, people);
    expect(falseOf(outcome, 'ann')).toEqual([]);
    expect(saidOf(outcome, 'emo')).toContain('CodeReady=False ActionFailed: it \\x1b broke');
  });

  it('that keeps a home from being looked at is that person’s, in a plan too', async () => {
    const machine = new MemoryMachine();
    machine.beforeLook = (who) => {
      if (who === 'emo') throw new Error('the home is gone');
    };
    const outcome = await apply(machine, people);
    expect(falseOf(outcome, 'kim')).toEqual([]);
    expect(saidOf(outcome, 'emo')).toEqual([
      'Ready=False PassFailed: AccountReady: reconcile: the home is gone',
      'AccountReady=False PassFailed: reconcile: the home is gone',
      'Reconciling=True Retrying: the next pass tries again: AccountReady',
    ]);
    const planned = await plan(machine, people);
    expect(planned.people[1]?.plan[0]?.troubles[0]?.message).toBe('reconcile: the home is gone');
  });

  it('with the account leaves everything else of theirs undone', async () => {
    const machine = new MemoryMachine();
    machine.before = fails('emo', 'create-account');
    const outcome = await apply(machine, people);
    expect(doneBy(machine).filter((line) => line.startsWith('emo '))).toEqual(['emo create-account']);
    expect(saidOf(outcome, 'emo')).toContain('AccountReady=False Broken: it broke');
    expect(falseOf(outcome, 'ann')).toEqual([]);
  });

  it('with one section leaves the rest of that section, and only that', async () => {
    const machine = new MemoryMachine();
    machine.before = fails('emo', 'mint-token');
    const outcome = await apply(machine, [emo]);
    expect(falseOf(outcome, 'emo')).toEqual(['Ready', 'SecretsReady']);
    const units = machine.log.flatMap(({ action }) => ('unit' in action ? action.unit : []));
    expect(units).toContain('t3-serve@emo.service');
    expect(units).not.toContain('claude-auth-sync@emo.timer');
  });

  it('with an account that must be left alone keeps all of theirs from being touched', async () => {
    const machine = await converged(people);
    machine.accounts.set('emo', { ...machine.accounts.get('emo')!, refusal: 'it shares a uid' });
    machine.tree.delete('/home/emo/.kube/config');
    const outcome = await apply(machine, people);
    expect(machine.log).toEqual([]);
    expect(saidOf(outcome, 'emo')).toEqual(
      expect.arrayContaining([
        'AccountReady=False UnsafeAccount: keep account emo: it shares a uid',
        'KubeconfigReady=False AccountNotReady: waits for the account',
        expect.stringMatching(/^Stalled=True UnsafeAccount: /),
      ]),
    );
    expect(saidOf(outcome, 'emo').join()).not.toContain('CodeFresh');
  });

  it.each(['enable-unit', 'clone', 'create-account'] as const)(
    'with %s does not keep the units of the others from starting',
    async (kind) => {
      const machine = new MemoryMachine();
      machine.before = (who, action) => {
        if (who === 'emo' && action.kind === kind) throw new Error('gone');
        return undefined;
      };
      const outcome = await apply(machine, people);
      expect(falseOf(outcome, 'ann')).toEqual([]);
      expect(falseOf(outcome, 'kim')).toEqual([]);
      expect(falseOf(outcome, 'emo')).not.toEqual([]);
      expect(machine.batches.length).toBeLessThanOrEqual(2);
    },
  );

  it('with a link in the home is told, and nothing behind it is touched', async () => {
    const machine = await converged(people);
    for (const path of machine.tree.keys())
      if (path.startsWith('/home/emo/.claude/')) machine.tree.delete(path);
    machine.tree.set('/home/emo/.claude', link('/home/ann/.claude'));
    const outcome = await apply(machine, people);
    expect(machine.log).toEqual([]);
    expect(falseOf(outcome, 'emo')).toEqual(['Ready', 'FilesReady']);
    expect(falseOf(outcome, 'ann')).toEqual([]);
  });
});
