import type { Action } from '../../../src/sections/action.ts';
import { policy } from '../sections/build.ts';
import { directory, file, link } from '../sections/tree.ts';
import { MemoryMachine } from './memory-machine.ts';
import { apply, doneBy, falseOf, plan, saidOf, sentenceOf, user } from './passes.ts';

const [ann, emo, kim] = [user('ann'), user('emo'), user('kim')];
const people = [ann, emo, kim];

/** A machine on which these people are as declared. */
async function converged(users = people): Promise<MemoryMachine> {
  const machine = new MemoryMachine();
  await apply(machine, users);
  machine.log.length = 0;
  machine.batches.length = 0;
  return machine;
}

describe('a first pass', () => {
  it('makes everybody Ready, and a second finds nothing to do', async () => {
    const machine = new MemoryMachine();
    const outcome = await apply(machine, people);
    for (const { metadata } of people) {
      expect(falseOf(outcome, metadata.name)).toEqual([]);
      expect(saidOf(outcome, metadata.name)[0]).toBe('Ready=True Ready: everything is as declared');
    }
    machine.log.length = 0;
    const again = await apply(machine, people);
    expect(machine.log).toEqual([]);
    expect(again.people.map(({ done }) => done)).toEqual([0, 0, 0]);
    expect([...(again.people[0]?.acted ?? [])]).toEqual([]);
  });

  it('publishes the maps last, with everybody who is there', async () => {
    const machine = new MemoryMachine();
    await apply(machine, people);
    expect(machine.log.slice(-2).map(({ action }) => 'path' in action && action.path)).toEqual([
      '/etc/ttyd-user-map',
      '/etc/t3-serve/dispatch.json',
    ]);
    expect(machine.tree.get('/etc/ttyd-user-map')).toMatchObject({
      text: expect.stringMatching(/\nann@x=ann\nemo@x=emo\nkim@x=kim\n\n$/),
    });
  });

  it('starts the units of all people in one batch, and those of the machine in one', async () => {
    const machine = new MemoryMachine();
    await apply(machine, people);
    expect(machine.batches).toHaveLength(2);
    for (const name of ['ann', 'emo', 'kim'])
      expect(machine.batches[0]).toContain(`t3-serve@${name}.service`);
    expect(machine.batches[1]).toContain('tmux-persist-save.timer');
  });

  it('does what a section needs in the order of its plan, the account first', async () => {
    const machine = new MemoryMachine();
    await apply(machine, [emo]);
    const kinds = machine.log.filter((entry) => entry.user === 'emo').map(({ action }) => action.kind);
    expect(kinds.slice(0, 2)).toEqual(['create-account', 'clone']);
    expect(kinds.at(-1)).toMatch(/-unit$/);
  });
});

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
    const machine = await converged();
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
      expect(machine.batches).toHaveLength(2);
    },
  );

  it('with a link in the home is told, and nothing behind it is touched', async () => {
    const machine = await converged();
    for (const path of [...machine.tree.keys()])
      if (path.startsWith('/home/emo/.claude/')) machine.tree.delete(path);
    machine.tree.set('/home/emo/.claude', link('/home/ann/.claude'));
    const outcome = await apply(machine, people);
    expect(machine.log).toEqual([]);
    expect(falseOf(outcome, 'emo')).toEqual(['Ready', 'FilesReady']);
    expect(falseOf(outcome, 'ann')).toEqual([]);
  });
});

describe('rounds', () => {
  const workspace = user('emo', { codeLayout: 'workspace', repos: ['tripit'] });

  it('let what follows from a move be done in the same pass', async () => {
    const machine = await converged([user('emo')]);
    machine.tree.set('/home/emo/code/mine.txt', file('not committed'));
    const outcome = await apply(machine, [workspace]);
    expect(falseOf(outcome, 'emo')).toEqual([]);
    expect(doneBy(machine)).toEqual(['emo move', 'emo make-directory', 'emo move', 'emo clone']);
    expect(machine.tree.get('/home/emo/code/infra/mine.txt')).toMatchObject({ text: 'not committed' });
  });

  it.each([1, 2, 3])('go on in the next pass where one was killed after %i steps', async (steps) => {
    const machine = await converged([user('emo')]);
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

describe('a dry run', () => {
  it('does nothing, and sees the machine’s files as if they were there', async () => {
    const machine = await converged();
    machine.before = () => {
      throw new Error('a plan must not do anything');
    };
    machine.tree.set('/opt/workstation/managed-settings.json', file('{"claudeMd": "new"}'));
    machine.tree.set('/home/emo/.codex', directory());
    const planned = await plan(machine, people);
    expect(machine.log).toEqual([]);
    const files = planned.people[1]?.plan.find(({ section }) => section === 'files');
    expect(files?.actions).toMatchObject([
      { path: '/home/emo/.codex/AGENTS.md', content: expect.stringMatching(/new\n$/) },
    ]);
    expect(planned.machine.actions).toMatchObject([{ path: '/etc/claude-code/managed-settings.json' }]);
  });

  it('shows a new person whole', async () => {
    const machine = await converged([ann]);
    const planned = await plan(machine, people);
    expect(planned.people.map((one) => one.plan.flatMap(({ actions }) => actions).length > 5)).toEqual([
      false,
      true,
      true,
    ]);
    expect(planned.people[1]?.plan.flatMap(({ troubles }) => troubles)).toEqual([]);
  });
});

describe('a pass', () => {
  it('that is about some people leaves the others, whose ports and maps stay', async () => {
    const machine = await converged();
    for (const name of ['ann', 'emo', 'kim']) machine.tree.delete(`/home/${name}/.kube/config`);
    const outcome = await apply(machine, people, { only: new Set(['emo']) });
    expect(outcome.people.map(({ person }) => person.name)).toEqual(['emo']);
    expect(doneBy(machine)).toEqual(['emo write-file']);
  });

  it('keeps the maps as they are where too many people are gone, and says why', async () => {
    const machine = await converged();
    const outcome = await apply(machine, [ann], { keepMaps: 'remove 2 people (emo, kim): confirm' });
    expect(machine.log).toEqual([]);
    expect(sentenceOf(outcome.machine.finding)).toContain(
      'MachineReady=False MachineNotReady: publish the maps: remove 2 people (emo, kim): confirm',
    );
  });

  it('of nobody publishes empty maps', async () => {
    const machine = await converged();
    const outcome = await apply(machine, []);
    expect(outcome.people).toEqual([]);
    expect(machine.tree.get('/etc/t3-serve/dispatch.json')).toMatchObject({ text: '{}\n' });
  });

  it('takes suspended people out of the maps, and keeps their ports', async () => {
    const machine = await converged();
    machine.busy.add(machine.accounts.get('emo')?.uid ?? 0);
    const outcome = await apply(machine, [ann, user('emo', { suspended: true }), kim]);
    expect(falseOf(outcome, 'emo')).toEqual([]);
    expect(machine.busy.size).toBe(0);
    expect(machine.accounts.get('emo')).toMatchObject({ expires: 1 });
    expect(machine.unitFacts.get('t3-serve@emo.service')).toMatchObject({
      enabled: false,
      active: 'inactive',
    });
    expect(machine.tree.get('/etc/ttyd-user-map')).toMatchObject({
      text: expect.not.stringContaining('emo'),
    });
    const back = await apply(machine, people, { cut: new Set(['emo']) });
    expect(falseOf(back, 'emo')).toEqual([]);
    expect(machine.accounts.get('emo')).not.toHaveProperty('expires');
    expect(machine.tree.get('/etc/t3-serve/dispatch.json')).toMatchObject({
      text: expect.stringContaining('"emo","port":3774'),
    });
  });

  it('goes on to people and maps where a file of the machine cannot be written', async () => {
    const machine = new MemoryMachine();
    machine.before = (who) => {
      if (who === 'machine') throw new Error('the file system is read-only');
      return undefined;
    };
    const outcome = await apply(machine, [emo]);
    expect(falseOf(outcome, 'emo')).toEqual([]);
    expect(outcome.machine).toMatchObject({
      done: 0,
      finding: { status: 'False', message: expect.stringContaining('read-only') },
    });
    expect(doneBy(machine).filter((line) => line === 'machine write-system-file')).toHaveLength(3);
  });

  it('gives out no port while the given ones cannot be seen', async () => {
    const machine = await converged();
    machine.tree.set('/etc/t3-serve', link('/srv/t3'));
    await expect(apply(machine, people)).rejects.toThrow(
      'read the ports that are given out: /etc/t3-serve is a symbolic link',
    );
    expect(machine.log).toEqual([]);
  });

  it('gives nobody the port of somebody who has left', async () => {
    const machine = await converged([ann, emo]);
    await apply(machine, [ann, kim]);
    expect(machine.tree.get('/etc/t3-serve/kim.env')).toMatchObject({ text: 'T3_PORT=3775\n' });
  });

  it('tells its witness of every action and every person', async () => {
    const machine = new MemoryMachine();
    const heard: string[] = [];
    await apply(
      machine,
      [emo],
      {},
      {
        began: (who, { kind }) => heard.push(`${who} began ${kind}`),
        ended: (who, { kind }, done) => heard.push(`${who} ended ${kind} ${done.kind}`),
        finished: (who, findings, done) => heard.push(`${who} finished ${findings[0]?.status} ${done}`),
      },
    );
    expect(heard).toEqual(
      expect.arrayContaining(['emo began clone', 'emo ended clone done', 'machine began enable-unit']),
    );
    expect(heard.filter((line) => line.includes('began'))).toHaveLength(machine.log.length);
    expect(heard.filter((line) => line.includes('ended'))).toHaveLength(machine.log.length);
    const done = machine.log.filter((entry) => entry.user === 'emo').length;
    expect(heard).toContain(`emo finished True ${done}`);
  });

  it('without any section has nothing but accounts', async () => {
    const machine = new MemoryMachine();
    const bare = policy({
      code: undefined,
      kubeconfig: undefined,
      files: [],
      settings: [],
      commands: [],
      services: [],
      secrets: [],
      machine: {},
    });
    const outcome = await apply(machine, [emo], { policy: bare });
    expect(doneBy(machine)).toEqual(['emo create-account']);
    expect(saidOf(outcome, 'emo')).toEqual([
      'Ready=True Ready: everything is as declared',
      'AccountReady=True Ready',
    ]);
  });
});
