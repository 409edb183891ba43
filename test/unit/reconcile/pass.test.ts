import { policy } from '../sections/build.ts';
import { directory, file, link } from '../sections/tree.ts';
import { MemoryMachine } from './memory-machine.ts';
import { apply, converged, doneBy, falseOf, plan, saidOf, sentenceOf, user } from './passes.ts';

const [ann, emo, kim] = [user('ann'), user('emo'), user('kim')];
const people = [ann, emo, kim];

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

  it('starts the units of all people in one batch', async () => {
    const machine = new MemoryMachine();
    await apply(machine, people);
    const batch = machine.batches.find((units) => units.includes('t3-serve@ann.service'));
    expect(batch).toEqual(expect.arrayContaining(['t3-serve@emo.service', 't3-serve@kim.service']));
    expect(machine.batches.flat()).toContain('tmux-persist-save.timer');
    expect(machine.batches.length).toBeLessThanOrEqual(2);
  });

  it('does what a section needs in the order of its plan, the account first', async () => {
    const machine = new MemoryMachine();
    await apply(machine, [emo]);
    const kinds = machine.log.filter((entry) => entry.user === 'emo').map(({ action }) => action.kind);
    expect(kinds.slice(0, 2)).toEqual(['create-account', 'clone']);
    expect(kinds.at(-1)).toMatch(/-unit$/);
  });
});

describe('a dry run', () => {
  it('does nothing, and sees the machine’s files as if they were there', async () => {
    const machine = await converged(people);
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
    const machine = await converged(people);
    for (const name of ['ann', 'emo', 'kim']) machine.tree.delete(`/home/${name}/.kube/config`);
    const outcome = await apply(machine, people, { only: new Set(['emo']) });
    expect(outcome.people.map(({ person }) => person.name)).toEqual(['emo']);
    expect(doneBy(machine)).toEqual(['emo write-file']);
  });

  it('keeps the maps as they are where too many people are gone, and says why', async () => {
    const machine = await converged(people);
    const outcome = await apply(machine, [ann], { keepMaps: 'remove 2 people (emo, kim): confirm' });
    expect(machine.log).toEqual([]);
    expect(sentenceOf(outcome.machine.finding)).toContain(
      'MachineReady=False MachineNotReady: publish the maps: remove 2 people (emo, kim): confirm',
    );
  });

  it('of nobody publishes empty maps', async () => {
    const machine = await converged(people);
    const outcome = await apply(machine, []);
    expect(outcome.people).toEqual([]);
    expect(machine.tree.get('/etc/t3-serve/dispatch.json')).toMatchObject({ text: '{}\n' });
  });

  it('takes suspended people out of the maps, and keeps their ports', async () => {
    const machine = await converged(people);
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

  it('runs nothing that suspended people decide about', async () => {
    const machine = new MemoryMachine();
    const outcome = await apply(machine, [user('emo', { suspended: true }), kim]);
    const ran = (name: string) =>
      machine.log.filter(
        ({ action, user: who }) =>
          who === name && ['clone', 'refresh-clone', 'run-command'].includes(action.kind),
      );
    expect(ran('emo')).toEqual([]);
    expect(ran('kim')).not.toEqual([]);
    expect(saidOf(outcome, 'emo').join()).not.toMatch(/Code|Commands/);
  });

  it('looks for processes of suspended people only', async () => {
    const machine = await converged(people);
    const asked: number[] = [];
    machine.hasProcesses = (uid) => asked.push(uid) < 0;
    await apply(machine, [ann, user('emo', { suspended: true })], { only: new Set(['ann']) });
    expect(asked).toEqual([]);
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
    const machine = await converged(people);
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
