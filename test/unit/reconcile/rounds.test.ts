import { file } from '../sections/tree.ts';
import { apply, converged, doneBy, falseOf, saidOf, user } from './passes.ts';

const emo = user('emo');

describe('rounds', () => {
  const workspace = user('emo', { codeLayout: 'workspace', repos: ['tripit'] });

  it('let what follows from a move be done in the same pass', async () => {
    const machine = await converged([emo]);
    machine.tree.set('/home/emo/code/mine.txt', file('not committed'));
    const outcome = await apply(machine, [workspace]);
    expect(falseOf(outcome, 'emo')).toEqual([]);
    expect(doneBy(machine)).toEqual(['emo move', 'emo make-directory', 'emo move', 'emo clone']);
    expect(machine.tree.get('/home/emo/code/infra/mine.txt')).toMatchObject({ text: 'not committed' });
  });

  it.each([1, 2, 3])('go on in the next pass where one was killed after %i steps', async (steps) => {
    const machine = await converged([emo]);
    let left = steps;
    machine.before = () => {
      if (left-- === 0) throw new Error('killed');
      return undefined;
    };
    await apply(machine, [workspace]);
    machine.before = () => undefined;
    expect(falseOf(await apply(machine, [workspace]), 'emo')).toEqual([]);
    expect(machine.tree.has('/home/emo/code/infra/README')).toBe(true);
    expect([...machine.tree.keys()].filter((path) => path.includes('migrating'))).toEqual([]);
  });

  it('end where a plan never does', async () => {
    const machine = await converged([emo]);
    machine.tree.delete('/home/emo/.kube/config');
    machine.before = (_who, action) =>
      action.kind === 'write-file' ? { kind: 'done', note: 'as if' } : undefined;
    const outcome = await apply(machine, [emo]);
    expect(doneBy(machine)).toEqual(['emo write-file', 'emo write-file', 'emo write-file']);
    expect(saidOf(outcome, 'emo')).toContain(
      'KubeconfigReady=False NotConverged: still to do after the pass: write-file',
    );
    expect(outcome.people[0]).toMatchObject({ done: 3, acted: new Set(['KubeconfigReady']) });
  });

  it('are not repeated for what has failed', async () => {
    const machine = await converged([emo]);
    machine.tree.delete('/home/emo/.kube/config');
    machine.before = () => ({ kind: 'failed', reason: 'Full', message: 'the disk is full' });
    await apply(machine, [emo]);
    expect(doneBy(machine)).toEqual(['emo write-file']);
  });

  it('for a clone that cannot be refreshed keep nobody from being Ready', async () => {
    const machine = await converged([emo]);
    const config = machine.tree.get('/home/emo/code/.git/config');
    if (config?.kind === 'file') machine.tree.set('/home/emo/code/.git/config', { ...config, modified: 0 });
    machine.before = () => ({ kind: 'failed', reason: 'RemoteDown', message: 'no answer' });
    const outcome = await apply(machine, [emo]);
    expect(doneBy(machine)).toEqual(['emo refresh-clone']);
    expect(saidOf(outcome, 'emo')).toContain('CodeFresh=False RemoteDown: no answer');
    expect(saidOf(outcome, 'emo')[0]).toBe('Ready=True Ready: everything is as declared');
  });
});
