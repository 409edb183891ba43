import type { Finding } from '../../../../src/api/conditions.ts';
import type { WorkstationUser } from '../../../../src/api/user.ts';
import { causesOf } from '../../../../src/reconcile/audit/cause.ts';
import { EMPTY_STATE, type State } from '../../../../src/report/record.ts';
import { afterPass } from '../../../../src/report/update.ts';
import { user } from '../passes.ts';

const NOW = new Date('2026-03-10T12:00:00Z');
const [ann, emo] = [user('ann'), user('emo')];
const finding = (type: Finding['type'], status: Finding['status']): Finding => ({
  type,
  status,
  reason: 'R',
  message: '',
});

/** After a pass in which emo's clone failed, with everything else in order. */
function recorded(
  users: readonly WorkstationUser[],
  more: { policy?: string; machine?: Finding['status'] } = {},
): State {
  const { policy = 'p', machine = 'True' } = more;
  return afterPass(
    EMPTY_STATE,
    {
      workstation: 'box',
      policy,
      services: [],
      users: users.map((one) => ({
        user: one,
        ports: {},
        findings: [finding('AccountReady', 'True'), finding('CodeReady', one === emo ? 'False' : 'True')],
        acted: new Set(),
      })),
      machine: [finding('MachineReady', machine)],
      declared: new Set(users.map(({ metadata }) => metadata.name)),
    },
    NOW,
  );
}

const bothKnown = recorded([ann, emo]);
const cases: [string, State, readonly WorkstationUser[], string, string, string][] = [
  ['a person who was never seen', EMPTY_STATE, [ann], 'ann', 'account', 'Declared'],
  ['a changed declaration', bothKnown, [user('ann', { tier: 'admin' }), emo], 'ann', 'files', 'Declared'],
  ['another’s changed declaration', bothKnown, [user('ann', { tier: 'admin' }), emo], 'emo', 'files', 'Drift'],
  ['a changed policy', recorded([ann], { policy: 'old' }), [ann], 'ann', 'files', 'Declared'],
  ['a policy that no pass has recorded', { ...bothKnown, policy: undefined as never }, [ann], 'ann', 'files', 'Declared'],
  ['a section that has failed', bothKnown, [ann, emo], 'emo', 'code', 'Retry'],
  ['another’s section that has failed', bothKnown, [ann, emo], 'ann', 'code', 'Drift'],
  ['a section that was in order', bothKnown, [ann, emo], 'emo', 'account', 'Drift'],
  ['a failed section whose declaration was corrected', bothKnown, [ann, user('emo', { tier: 'admin' })], 'emo', 'code', 'Declared'],
  ['a file of the machine', bothKnown, [ann, emo], 'machine', 'machine', 'Drift'],
  ['a file of a machine that was not ready', recorded([ann], { machine: 'False' }), [ann], 'machine', 'machine', 'Retry'],
  ['a map that somebody joins', recorded([ann]), [ann, emo], 'machine', 'machine', 'Declared'],
  ['a map that somebody leaves', bothKnown, [ann], 'machine', 'machine', 'Declared'],
  ['a stage of a cut', bothKnown, [ann], 'emo', 'LockLogin', 'Leave'],
  ['an account that is declared by another name', bothKnown, [ann, emo], 'emil', 'account', 'Declared'],
]; // prettier-ignore

it.each(cases)('the cause of what is done over %s is told', (_, state, users, osUser, section, kind) => {
  expect(causesOf(state, { users, policy: 'p' })(osUser, section)).toBe(kind);
});
