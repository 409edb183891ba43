import { makeCut, planCut, recordOf, undeclared } from '../../../src/reconcile/leave.ts';
import { EMPTY_STATE, type Cut } from '../../../src/report/record.ts';
import { afterPass } from '../../../src/report/update.ts';
import { policy } from '../sections/build.ts';
import { directory, file } from '../sections/tree.ts';
import { NOW } from './memory-files.ts';
import { MemoryMachine } from './memory-machine.ts';
import { apply, doneBy, user } from './passes.ts';

const devvm = policy();
const [ann, emo] = [user('ann'), user('emo', { tier: 'admin' })];
const SILENT = { began() {}, ended() {}, finished() {} };

/** A machine with ann and emo on it, of whom only ann is declared any more. */
async function left(): Promise<MemoryMachine> {
  const machine = new MemoryMachine();
  await apply(machine, [ann, emo]);
  machine.busy.add(machine.accounts.get('emo')?.uid ?? 0);
  machine.log.length = 0;
  return machine;
}

const inputOf = (machine: MemoryMachine) => ({ machine, policy: devvm, staying: [ann] });
const cut = (machine: MemoryMachine) =>
  makeCut(inputOf(machine), 'emo', SILENT, new AbortController().signal);

describe('whom the machine holds though nobody declares them', () => {
  it('is known from environment files', async () => {
    expect(undeclared(await left(), [ann], devvm, EMPTY_STATE)).toEqual(['emo']);
    expect(undeclared(await left(), [ann, emo], devvm, EMPTY_STATE)).toEqual([]);
  });

  it('is known from earlier passes, under the account’s name', async () => {
    const machine = await left();
    for (const path of ['/etc/t3-serve/emo.env', '/etc/t3-serve/playwright-emo.env'])
      machine.tree.delete(path);
    expect(undeclared(machine, [ann], devvm, EMPTY_STATE)).toEqual([]);
    const named = { ...emo, metadata: { name: 'emil' }, spec: { ...emo.spec, osUser: 'emo' } };
    const report = { user: named, ports: {}, findings: [], acted: new Set<never>() };
    const state = afterPass(
      EMPTY_STATE,
      {
        workstation: 'devvm',
        services: [],
        users: [report],
        machine: [{ type: 'MachineReady', status: 'True', reason: 'Ready', message: '' }],
        declared: new Set(['emil']),
      },
      new Date(NOW),
    );
    expect(undeclared(machine, [ann], devvm, state)).toEqual(['emo']);
  });

  it('is nobody without an account', async () => {
    const machine = await left();
    machine.accounts.delete('emo');
    expect(undeclared(machine, [ann], devvm, EMPTY_STATE)).toEqual([]);
  });

  it('is never an account of the system, though a file is named like it', async () => {
    const machine = await left();
    const account = machine.accounts.get('emo')!;
    for (const name of ['backup', 'worker']) machine.tree.set(`/etc/t3-serve/${name}.env`, file('A=1\n'));
    machine.accounts.set('backup', { ...account, name: 'backup' });
    machine.accounts.set('worker', { ...account, name: 'worker', refusal: 'its uid is below 1000' });
    expect(undeclared(machine, [ann], devvm, EMPTY_STATE)).toEqual(['emo']);
  });
});

describe('making the cut', () => {
  it('goes stage by stage, and looks again', async () => {
    const machine = await left();
    expect(await cut(machine)).toEqual({ kind: 'cut' });
    expect(doneBy(machine)).toEqual([
      ...['claude-auth', 'mcp', 'snapshot', 't3'].map(() => 'emo disable-unit'),
      'emo write-system-file',
      'emo write-system-file',
      ...['code-shared', 'docker', 'sudo'].map(() => 'emo remove-from-group'),
      'emo lock-account',
      'emo end-processes',
    ]);
    expect(machine.batches.at(-1)).toHaveLength(4);
    expect(machine.tree.get('/etc/ttyd-user-map')).toMatchObject({
      text: expect.not.stringContaining('emo'),
    });
    expect(machine.tree.has('/home/emo/.claude/settings.json')).toBe(true);
    machine.log.length = 0;
    expect(await cut(machine)).toEqual({ kind: 'cut' });
    expect(machine.log).toEqual([]);
  });

  it('goes on where one stage fails, and says which is not made', async () => {
    const machine = await left();
    machine.before = (_who, action) => {
      if (action.kind === 'remove-from-group') throw new Error('the lock is held');
      return undefined;
    };
    expect(await cut(machine)).toEqual({
      kind: 'failed',
      messages: [
        'the lock is held',
        'the lock is held',
        'the lock is held',
        'cut emo: RemoveFromServiceGroups is not made, as a second look shows: run offboard again',
      ],
    });
    expect(machine.accounts.get('emo')).toMatchObject({ expires: 1 });
  });

  it('believes what it sees, not what it is told', async () => {
    const machine = await left();
    machine.before = (_who, { kind }) => (kind === 'lock-account' ? { kind: 'done' } : undefined);
    expect(await cut(machine)).toEqual({
      kind: 'failed',
      messages: ['cut emo: LockLogin is not made, as a second look shows: run offboard again'],
    });
  });

  it('is not made where a map still names the leaver', async () => {
    const machine = await left();
    machine.tree.set('/etc/ttyd-user-map', directory());
    expect(await cut(machine)).toEqual({
      kind: 'failed',
      messages: ['publish ttyd_user_map: /etc/ttyd-user-map is a directory: move it away'],
    });
  });
});

describe('the record of a cut', () => {
  const at = new Date(NOW);
  const whole: Cut = {
    name: 'emil',
    osUser: 'emo',
    at: '2026-01-02T00:00:00.000Z',
    locked: true,
    units: [
      'claude-auth-sync@emo.timer',
      'playwright-mcp@emo.service',
      'playwright-snapshot-refresh@emo.timer',
      't3-serve@emo.service',
    ],
    groups: ['code-shared', 'docker', 'sudo'],
  };
  const emil = { name: 'emil', osUser: 'emo' };

  it('holds what is going to be changed', async () => {
    expect(recordOf(emil, await planCut(inputOf(await left()), 'emo'), at, undefined)).toEqual(whole);
  });

  it('still holds what an interrupted cut has changed, since when it has', async () => {
    const machine = await left();
    let actions = 0;
    machine.before = () => {
      if (actions++ > 7) throw new Error('killed');
      return undefined;
    };
    await cut(machine);
    machine.before = () => undefined;
    const rest = await planCut(inputOf(machine), 'emo');
    expect(recordOf(emil, rest, new Date(NOW + 1), whole)).toEqual(whole);
    expect(recordOf(emil, rest, at, undefined)).toMatchObject({ units: [], groups: ['sudo'] });
  });

  it('does not hold a lock that was there before', async () => {
    const machine = await left();
    machine.accounts.set('emo', { ...machine.accounts.get('emo')!, expires: 1 });
    expect(recordOf(emil, await planCut(inputOf(machine), 'emo'), at, undefined).locked).toBe(false);
  });
});
