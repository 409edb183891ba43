import { Progress } from '../../../src/cli/print/progress.ts';
import { printResults, type Verdict } from '../../../src/cli/print/results.ts';
import { ANSI, PLAIN } from '../../../src/cli/print/style.ts';
import type { Finding } from '../../../src/api/conditions.ts';
import type { Action } from '../../../src/sections/action.ts';
import { FakeClock } from '../controller/fake-clock.ts';
import { ACTIONS } from './actions.ts';
import { expected } from './expected.ts';

const START: Action = { kind: 'start-unit', unit: 'a.service' };
const ENABLE: Action = { kind: 'enable-unit', unit: 'b.service' };
const READY: Verdict = { result: 'Ready', reason: '', message: '' };
const STALLED: Verdict = { result: 'Stalled', reason: 'InTheWay', message: 'm' };
const DONE = { kind: 'done' } as const;
const ERASE = '\r\x1b[K';

function progress(columns?: number, style = PLAIN) {
  const written: string[] = [];
  const clock = new FakeClock();
  const write = (text: string) => void written.push(text);
  const told = new Progress({ write, clock, style, columns, total: 2 });
  return { told, clock, take: () => written.splice(0).join('') };
}

describe('progress that is no terminal’s', () => {
  it('is one line for each action, once it has ended', () => {
    const { told, take, clock } = progress();
    told.began('emo', START);
    expect(take()).toBe('');
    told.ended('emo', START, DONE, 1234);
    told.ended('emo', ENABLE, { kind: 'done', note: 'left for the\nfirst boot' }, 40);
    told.ended('emo', START, { kind: 'failed', reason: 'R', message: 'it \x1b[2J broke' }, 0);
    told.finished('emo', READY, 2);
    told.close();
    expect(take()).toBe(
      [
        'emo: start a.service done (1.2 s)\n',
        'emo: enable b.service done (0.0 s): left for the\\x0afirst boot\n',
        'emo: start a.service failed (0.0 s): it \\x1b[2J broke\n',
      ].join(''),
    );
    expect(clock.timers).toBe(0);
  });
});

describe('progress on a terminal', () => {
  it('is one line that says how many are through, who is at what, and who else is busy', () => {
    const { told, take, clock } = progress(80);
    told.began('emo', START);
    expect(take()).toBe(`${ERASE}0/2 emo: start a.service`);
    told.began('ann', ENABLE);
    clock.advance(100);
    expect(take()).toBe(`${ERASE}0/2 emo: start a.service (and ann)`);
    told.ended('emo', START, DONE, 1);
    clock.advance(100);
    expect(take()).toBe(`${ERASE}0/2 ann: enable b.service`);
  });

  it('draws seldom, but in the end what is so', () => {
    const { told, take, clock } = progress(80);
    told.began('emo', START);
    take();
    for (let index = 0; index < 50; index++) {
      told.ended('emo', START, DONE, 1);
      told.began('emo', START);
    }
    told.began('emo', ENABLE);
    expect(take()).toBe('');
    clock.advance(100);
    expect(take()).toBe(`${ERASE}0/2 emo: enable b.service`);
    clock.advance(1000);
    expect(take()).toBe('');
  });

  it('shows the action that still runs when a later one has ended', () => {
    const { told, take, clock } = progress(80);
    told.began('emo', START);
    told.began('emo', ENABLE);
    told.ended('emo', ENABLE, DONE, 1);
    take();
    clock.advance(100);
    expect(take()).toBe(`${ERASE}0/2 emo: start a.service`);
  });

  it('leaves a line for who is through and for what failed, above the one that is drawn', () => {
    const { told, take } = progress(80);
    told.began('emo', START);
    told.began('ann', ENABLE);
    take();
    told.ended('ann', ENABLE, { kind: 'failed', reason: 'R', message: 'm' }, 100);
    expect(take()).toBe(`${ERASE}ann: enable b.service failed (0.1 s): m\n${ERASE}0/2 emo: start a.service`);
    told.finished('ann', STALLED, 1);
    expect(take()).toBe(`${ERASE}ann: Stalled (InTheWay), 1 action\n${ERASE}1/2 emo: start a.service`);
    told.finished('emo', READY, 2);
    expect(take()).toBe(`${ERASE}emo: Ready, 2 actions\n${ERASE}2/2`);
  });

  it('never fills the line, which would wrap', () => {
    const { told, take } = progress(30);
    told.began('emo', { kind: 'make-directory', path: '/home/emo/日本語/x', mode: 0o700 });
    expect(take()).toBe(`${ERASE}0/2 emo: make directory /hom…`);
  });

  it('shows what users name instead of obeying it, and no secrets', () => {
    const { told, take } = progress(300);
    for (const action of ACTIONS['run-command']) told.began('e\x1bmo', action);
    for (const action of ACTIONS.clone) told.began('emo', action);
    told.finished('e\x1bmo', READY, 0);
    expect(take().replaceAll(ERASE, '')).not.toMatch(/\x1b|s3cret/);
  });

  it('is in colour where there is any', () => {
    const { told, take } = progress(80, ANSI);
    told.finished('emo', READY, 2);
    expect(take()).toContain('emo: \x1b[32mReady\x1b[39m, 2 actions\n');
  });

  it('takes its line away at the end and leaves no timer', () => {
    const { told, take, clock } = progress(80);
    told.began('emo', START);
    told.began('emo', ENABLE);
    expect(clock.timers).toBe(1);
    take();
    told.close();
    expect(take()).toBe(ERASE);
    expect(clock.timers).toBe(0);
    told.close();
    expect(take()).toBe('');
  });
});

describe('the results of an apply', () => {
  const ready: Finding = {
    type: 'Ready',
    status: 'True',
    reason: 'Ready',
    message: 'everything is as declared',
  };
  const notReady: Finding = {
    type: 'Ready',
    status: 'False',
    reason: 'CloneFailed',
    message: 'CodeReady: timed\nout',
  };
  const outcome = (name: string, done: number, findings: Finding[]) => ({
    person: { name },
    done,
    findings,
  });

  it('are a row for each person and one for the machine', () => {
    const people = [
      outcome('ann', 12, [ready]),
      outcome('emo', 3, [notReady, { ...notReady, type: 'Reconciling', status: 'True' }]),
      outcome('ivy', 0, [
        { ...notReady, reason: 'InTheWay' },
        { ...notReady, type: 'Stalled', status: 'True' },
      ]),
    ];
    const machine = { finding: { ...ready, type: 'MachineReady' } as const, done: 1 };
    expect(printResults({ people, machine })).toBe(expected('results.txt'));
  });
});
