import { Auditor } from '../../../../src/reconcile/audit/auditor.ts';
import { causesOf, type KindOf } from '../../../../src/reconcile/audit/cause.ts';
import { makeCut } from '../../../../src/reconcile/leave.ts';
import type { AuditRecord } from '../../../../src/report/auditrecord.ts';
import { EMPTY_STATE } from '../../../../src/report/record.ts';
import { policy } from '../../sections/build.ts';
import { MemoryMachine } from '../memory-machine.ts';
import { apply, converged, user } from '../passes.ts';

const [ann, emo] = [user('ann'), user('emo', { osUser: 'emil' })];

function auditorOn(machine: MemoryMachine, kindOf: KindOf = () => 'Drift') {
  const records: AuditRecord[] = [];
  const auditor = new Auditor({
    machine,
    revision: 'r7',
    kindOf,
    nameOf: (osUser) => (osUser === 'emil' ? 'emo' : undefined),
    now: () => new Date('2026-03-10T12:00:00Z'),
    write: (record) => void records.push(record),
  });
  return { auditor, records };
}

it('a pass leaves one record for each thing it does, and none for what is as it should be', async () => {
  const machine = new MemoryMachine();
  const { auditor, records } = auditorOn(machine);
  await apply(machine, [emo], {}, auditor);
  expect(records.map(({ action }) => action).sort()).toEqual(
    machine.log.map(({ action }) => action.kind).sort(),
  );
  expect(records.filter(({ osUser }) => osUser === 'emil').every((record) => record.user === 'emo')).toBe(
    true,
  );
  expect(new Set(records.map(({ cause }) => cause.revision))).toEqual(new Set(['r7']));
  records.length = 0;
  await apply(machine, [emo], {}, auditor);
  expect(records).toEqual([]);
});

it('a record names the section that asked, and the state that a unit was in', async () => {
  const machine = await converged([emo]);
  machine.unitFacts.set('t3-serve@emil.service', {
    exists: true,
    masked: false,
    enabled: true,
    active: 'failed',
  });
  machine.tree.delete('/home/emil/.kube/config');
  machine.tree.delete('/etc/ttyd-user-map');
  const { auditor, records } = auditorOn(machine);
  await apply(machine, [emo], {}, auditor);
  expect(records.map(({ user, action, before, cause }) => [user, action, before, cause.section])).toEqual([
    ['emo', 'write-file', 'absent', 'kubeconfig'],
    ['emo', 'start-unit', 'failed', 'services'],
    [undefined, 'write-system-file', 'absent', 'machine'],
  ]);
});

it('what was done and changed nothing leaves no record, what failed does', async () => {
  const machine = new MemoryMachine();
  machine.before = (_, { kind }) => {
    if (kind === 'clone') return { kind: 'failed', reason: 'TimedOut', message: 'no answer' };
    return kind === 'run-command' ? { kind: 'done', note: 'later', unchanged: true } : undefined;
  };
  const { auditor, records } = auditorOn(machine);
  await apply(machine, [emo], {}, auditor);
  expect(records.find(({ action }) => action === 'clone')).toMatchObject({
    result: 'failed',
    reason: 'TimedOut',
    message: 'no answer',
  });
  expect(records.filter(({ action }) => action === 'run-command')).toEqual([]);
});

it('an account that is called machine is not the machine', async () => {
  const machine = new MemoryMachine();
  const { auditor, records } = auditorOn(machine);
  await apply(machine, [user('machine')], {}, auditor);
  const account = records.find(({ action }) => action === 'create-account');
  expect(account).toMatchObject({ user: 'machine', osUser: 'machine', subject: 'machine' });
  expect(
    records.filter(({ cause }) => cause.section === 'machine').every(({ user }) => user === undefined),
  ).toBe(true);
});

it('a cut is recorded stage by stage, as the person’s leaving', async () => {
  const machine = await converged([ann, emo]);
  const { auditor, records } = auditorOn(machine, causesOf(EMPTY_STATE, { users: [ann], policy: 'p' }));
  const input = { machine, policy: policy(), staying: [ann] };
  await makeCut(input, 'emil', auditor, new AbortController().signal);
  expect(
    records.map(({ user, action, cause }) => `${user} ${cause.kind} ${cause.section} ${action}`),
  ).toEqual(
    expect.arrayContaining([
      'emo Leave DisableServices disable-unit',
      'emo Leave Unmap write-system-file',
      'emo Leave LockLogin lock-account',
    ]),
  );
});
