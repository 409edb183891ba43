import type { Finding } from '../../../src/api/conditions.ts';
import { WorkstationStatus, WorkstationUserStatus } from '../../../src/api/status.ts';
import { EMPTY_STATE, type Cut, type State } from '../../../src/report/record.ts';
import {
  afterPass,
  isReady,
  lockedByUs,
  type PassReport,
  type UserReport,
} from '../../../src/report/update.ts';
import { user } from '../reconcile/passes.ts';

const ready: Finding = { type: 'Ready', status: 'True', reason: 'Ready', message: '' };
const account: Finding = { ...ready, type: 'AccountReady' };
const notReady: Finding = { ...ready, status: 'False', reason: 'Broken', message: 'it broke' };
const machine: Finding[] = [{ ...ready, type: 'MachineReady' }];
const T0 = new Date('2026-01-02T03:04:05.678Z');
const T1 = new Date('2026-01-02T04:00:00.000Z');

function of(name: string, more: Partial<UserReport> & { spec?: object } = {}): UserReport {
  const { spec, ...rest } = more;
  return {
    user: user(name, spec),
    uid: 1001,
    ports: { t3: 3773 },
    findings: [ready, account],
    acted: new Set(),
    ...rest,
  };
}

function after(state: State, users: UserReport[], now: Date, more: Partial<PassReport> = {}): State {
  const declared = new Set(users.map((one) => one.user.metadata.name));
  return afterPass(state, { workstation: 'devvm', services: ['t3'], users, machine, declared, ...more }, now);
}

const first = after(EMPTY_STATE, [of('emo'), of('ann', { findings: [notReady, account] })], T0);
const conditions = (state: State, name: string) => state.users[name]?.status.conditions ?? [];

describe('the record of a person', () => {
  it('has the shape of the object in the API server', () => {
    expect(first.users['emo']).toEqual({
      apiVersion: 'workstation.dev/v1alpha1',
      kind: 'WorkstationUser',
      metadata: { name: 'emo', generation: 1, creationTimestamp: '2026-01-02T03:04:05Z' },
      spec: user('emo').spec,
      status: {
        observedGeneration: 1,
        osUser: 'emo',
        uid: 1001,
        ports: { t3: 3773 },
        conditions: [ready, account].map((finding) => ({
          ...finding,
          lastTransitionTime: '2026-01-02T03:04:05Z',
          observedGeneration: 1,
        })),
      },
    });
  });

  it('and that of the machine have a status that the API server takes', () => {
    expect(WorkstationUserStatus.parse(first.users['emo']?.status)).toEqual(first.users['emo']?.status);
    expect(WorkstationStatus.parse(first.workstation?.status)).toEqual(first.workstation?.status);
  });

  it('is equal after a pass that changed nothing, so that nothing is written', () => {
    const again = after(first, [of('emo'), of('ann', { findings: [notReady, account] })], T1);
    expect(JSON.stringify(again)).toBe(JSON.stringify(first));
    expect(
      JSON.stringify(
        after(
          JSON.parse(JSON.stringify(again)),
          [of('emo'), of('ann', { findings: [notReady, account] })],
          T1,
        ),
      ),
    ).toBe(JSON.stringify(first));
  });

  it('counts the changes of the spec', () => {
    const changed = after(first, [of('emo', { spec: { tier: 'admin' } })], T1);
    expect(changed.users['emo']?.metadata).toEqual({
      name: 'emo',
      generation: 2,
      creationTimestamp: '2026-01-02T03:04:05Z',
    });
    expect(changed.users['emo']?.status.observedGeneration).toBe(2);
    expect(conditions(changed, 'emo')[0]).toMatchObject({
      observedGeneration: 2,
      lastTransitionTime: '2026-01-02T03:04:05Z',
    });
  });

  it('tells since when a status holds, and the newest message', () => {
    const worse = after(
      first,
      [of('emo', { findings: [notReady] }), of('ann', { findings: [{ ...notReady, message: 'again' }] })],
      T1,
    );
    expect(conditions(worse, 'emo')).toMatchObject([
      { status: 'False', lastTransitionTime: '2026-01-02T04:00:00Z' },
    ]);
    expect(conditions(worse, 'ann')).toMatchObject([
      { message: 'again', lastTransitionTime: '2026-01-02T03:04:05Z' },
    ]);
  });

  it('has no uid while there is no account, and the account’s own name', () => {
    const { uid: _, ...nobody } = of('emil', { spec: { osUser: 'emo' } });
    expect(after(EMPTY_STATE, [nobody], T0).users['emil']?.status).toMatchObject({ osUser: 'emo' });
    expect(after(EMPTY_STATE, [nobody], T0).users['emil']?.status).not.toHaveProperty('uid');
  });

  it('stays as it was where the pass was not about the person', () => {
    const other = after(first, [of('emo')], T1, { declared: new Set(['emo', 'ann']) });
    expect(other.users['ann']).toEqual(first.users['ann']);
  });
});

describe('what was said of the freshness of clones', () => {
  const stale: Finding = { type: 'CodeFresh', status: 'False', reason: 'RemoteDown', message: 'no answer' };
  const fresh: Finding = { ...ready, type: 'CodeFresh' };
  const said = after(EMPTY_STATE, [of('emo', { findings: [stale], acted: new Set(['CodeFresh']) })], T0);

  it('stays said until clones are refreshed again', () => {
    const quiet = after(said, [of('emo', { findings: [fresh] })], T1);
    expect(conditions(quiet, 'emo')).toMatchObject([stale]);
    const again = after(quiet, [of('emo', { findings: [fresh], acted: new Set(['CodeFresh']) })], T1);
    expect(conditions(again, 'emo')).toMatchObject([fresh]);
  });

  it('is no more said where there are no clones', () => {
    expect(conditions(after(said, [of('emo', { findings: [ready] })], T1), 'emo')).toMatchObject([ready]);
  });
});

describe('somebody who is declared no more', () => {
  const gone = after(first, [of('ann')], T1);

  it('is shown as such until the cut is made', () => {
    expect(conditions(gone, 'emo')).toEqual([
      {
        type: 'Ready',
        status: 'Unknown',
        reason: 'NotDeclared',
        message:
          'declared no more, and the machine still holds the account: run apply --prune or offboard, or declare it again',
        lastTransitionTime: '2026-01-02T04:00:00Z',
      },
    ]);
    expect(after(gone, [of('ann')], new Date('2027-01-01'))).toEqual(gone);
  });

  it('who comes back is the one they were', () => {
    expect(after(gone, [of('ann'), of('emo')], T1).users['emo']?.metadata).toEqual(
      first.users['emo']?.metadata,
    );
  });
});

describe('the record of the machine', () => {
  it('counts people, names the services, and is Ready as the machine is', () => {
    expect(first.workstation).toMatchObject({
      kind: 'Workstation',
      metadata: { name: 'devvm', generation: 1 },
      status: {
        users: { total: 2, ready: 1 },
        services: ['t3'],
        conditions: [
          { type: 'Ready', status: 'True' },
          { type: 'MachineReady', status: 'True' },
        ],
      },
    });
  });

  it.each([
    ['nobody', 0, undefined],
    ['some', 2, 2],
    ['more than a status may name', 5000, 4096],
  ])('names whose removal is held where that is %s, and stays valid', (_who, count, named) => {
    const heldRemovals = Array.from({ length: count }, (_, index) => `user${index}`);
    const status = after(EMPTY_STATE, [of('emo')], T0, { heldRemovals }).workstation?.status;
    expect(status?.heldRemovals?.length).toBe(named);
    expect(WorkstationStatus.safeParse(status).success).toBe(true);
  });

  it('begins anew under another name', () => {
    const renamed = after(first, [of('emo')], T1, { workstation: 'other' });
    expect(renamed.workstation?.metadata).toEqual({
      name: 'other',
      generation: 1,
      creationTimestamp: '2026-01-02T04:00:00Z',
    });
  });
});

describe('our own locks', () => {
  const suspended = after(EMPTY_STATE, [of('emo', { spec: { suspended: true }, findings: [notReady] })], T0);
  const back = of('emo');
  const cut: Cut = { name: 'emo', osUser: 'emo', at: '', locked: true, units: ['u'], groups: ['g'] };

  it('are those of suspended people, also where a pass failed, until they are let in again', () => {
    expect([...lockedByUs(suspended)]).toEqual(['emo']);
    expect(after(suspended, [of('emo', { spec: { suspended: true } })], T1).suspended).toEqual({
      emo: '2026-01-02T03:04:05Z',
    });
    const failed = after(suspended, [{ ...back, findings: [{ ...account, status: 'False' }] }], T1);
    expect([...lockedByUs(failed)]).toEqual(['emo']);
    expect([...lockedByUs(after(failed, [back], T1))]).toEqual([]);
  });

  it('are those of cuts, until the person is declared and let in again, and the cut is forgotten', () => {
    const left = { ...EMPTY_STATE, cuts: { emo: cut } };
    expect([...lockedByUs(left)]).toEqual(['emo']);
    expect([...lockedByUs({ ...left, cuts: { emo: { ...cut, locked: false } } })]).toEqual([]);
    const returned = after(left, [back], T1);
    expect([...lockedByUs(returned)]).toEqual([]);
    expect(returned.cuts).toEqual({});
    expect(left.cuts.emo).toBe(cut);
  });
});

it.each([
  [[], false],
  [[{ ...ready, lastTransitionTime: '' }], true],
  [[{ ...notReady, lastTransitionTime: '' }], false],
  [[{ ...account, lastTransitionTime: '' }], false],
])('%j is Ready: %s', (found, wanted) => {
  expect(isReady(found)).toBe(wanted);
});
