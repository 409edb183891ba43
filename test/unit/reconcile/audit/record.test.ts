import { digest } from '../../../../src/host/files/write.ts';
import type { Done } from '../../../../src/host/machine.ts';
import { recordOf } from '../../../../src/reconcile/audit/record.ts';
import type { Action } from '../../../../src/sections/action.ts';
import type { UnitFacts } from '../../../../src/sections/facts.ts';
import { ACTIONS } from '../../cli/actions.ts';
import { RUNNING } from '../../sections/build.ts';

const AT = new Date('2026-03-10T12:00:00.120Z');
const CAUSE = { section: 'files', kind: 'Drift', revision: 'abc' } as const;
const EMO = { name: 'emo', osUser: 'emil' };
const UNIT: UnitFacts = { ...RUNNING, enabled: false, active: 'failed' };

const written = (action: Action, done: Done = { kind: 'done' }, unit?: UnitFacts) =>
  recordOf({
    person: EMO,
    action,
    done,
    duration: 12.6,
    cause: CAUSE,
    at: AT,
    ...(unit === undefined ? {} : { unit }),
  });

/** What is written of each form of each action: its subject, and what that was before. */
const WRITTEN: { readonly [Kind in Action['kind']]: readonly (readonly [string, string | undefined])[] } = {
  'create-account': [
    ['emil', 'absent'],
    ['emil', 'absent'],
  ],
  'complete-account': [['emil', 'without shadow and home']],
  'add-to-group': [['docker', 'absent']],
  'remove-from-group': [['docker', 'member']],
  'lock-account': [['emil', 'unlocked']],
  'unlock-account': [['emil', 'locked']],
  'end-processes': [['emil', 'running']],
  'make-directory': [['/home/emo/.config', 'absent']],
  'write-file': [
    ['/home/emo/.kube/config', 'absent'],
    ['/home/emo/.token', 'present'],
  ],
  'set-mode': [['/home/emo/.token', undefined]],
  'give-directory': [['/home/emo/.config', 'owned by root']],
  'remove-tree': [['/home/emo/.cache/old', 'present']],
  move: [['/home/emo/a to /home/emo/b', 'present']],
  clone: [
    ['/home/emo/code/infra', 'absent'],
    ['/home/emo/tour', 'absent'],
  ],
  'finish-clone': [['/home/emo/tour', 'not checked out']],
  'hoist-clone': [['/home/emo/tour', 'present']],
  'set-upstream': [
    ['/home/emo/code', 'absent'],
    ['/home/emo/code', undefined],
  ],
  'refresh-clone': [['/home/emo/code', undefined]],
  'run-command': [
    ['install', undefined],
    ['wire', undefined],
  ],
  'mint-token': [['/home/emo/.vault-token', 'absent']],
  'write-system-file': [
    ['/etc/motd', `sha256:${digest('one\ntwo\nthree\tx\nfour\nfive\nsix\nseven\neight')}`],
  ],
  'remove-system-file': [['/etc/serve/emo.env', 'present']],
  'enable-unit': [['editor@emo.service', 'disabled']],
  'start-unit': [['editor@emo.service', 'failed']],
  'disable-unit': [['editor@emo.service', 'disabled, failed']],
};

describe('the record of an action', () => {
  it.each(Object.entries(ACTIONS))('names what %s was done to, and what that was before', (kind, forms) => {
    const records = forms.map((action) => written(action, { kind: 'done' }, UNIT));
    expect(records.map(({ action }) => action)).toEqual(forms.map(() => kind));
    expect(records.map(({ subject, before }) => [subject, before])).toEqual(WRITTEN[kind as Action['kind']]);
  });

  it('holds no content, no variable and no secret, nor the digest of one', () => {
    const all = JSON.stringify(Object.values(ACTIONS).flatMap((forms) => forms.map((one) => written(one))));
    expect(all).not.toMatch(/s3cret|top-secret|kind: Config|LANG|period/);
    expect(all).not.toContain(digest('top-secret-old\n'));
  });

  it('says whom it concerns, when it ended, why it was done and how long it took', () => {
    expect(written({ kind: 'add-to-group', group: 'docker' })).toEqual({
      at: '2026-03-10T12:00:00.120Z',
      user: 'emo',
      osUser: 'emil',
      action: 'add-to-group',
      subject: 'docker',
      cause: CAUSE,
      before: 'absent',
      result: 'done',
      duration: 13,
    });
  });

  it('of the machine’s own concerns nobody', () => {
    const action: Action = { kind: 'enable-unit', unit: 'x.timer' };
    const record = recordOf({ action, done: { kind: 'done' }, duration: 0, cause: CAUSE, at: AT });
    expect(Object.keys(record)).toEqual(['at', 'action', 'subject', 'cause', 'before', 'result', 'duration']);
  });

  it.each<[Done, object]>([
    [{ kind: 'done' }, { result: 'done' }],
    [
      { kind: 'done', note: 'left\nalone' },
      { result: 'done', message: 'left\\x0aalone' },
    ],
    [
      { kind: 'failed', reason: 'TimedOut', message: 'clone: \x1b[2Jno answer' },
      { result: 'failed', reason: 'TimedOut', message: 'clone: \\x1b[2Jno answer' },
    ],
    [
      { kind: 'failed', reason: 'R', message: 'x'.repeat(5000) },
      { result: 'failed', reason: 'R', message: `${'x'.repeat(4000)}…` },
    ],
  ])('says how it ended: %#', (done, end) => {
    const { result, reason, message } = written({ kind: 'lock-account' }, done);
    expect(JSON.parse(JSON.stringify({ result, reason, message }))).toEqual(end);
  });
});
