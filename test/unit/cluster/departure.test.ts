import { ABANDON_MACHINE } from '../../../src/api/marks.ts';
import { depart } from '../../../src/cluster/departure.ts';
import type { Life } from '../../../src/cluster/lifeline.ts';
import { condition, user, workstation } from './objects.ts';

const LEAVING = { deletionTimestamp: '2026-01-01T00:00:00Z', generation: 2 };
const LOST: Life = { kind: 'lost', seen: true };
const ALIVE: Life = { kind: 'alive', ms: 1 };
const because = (reason: string) => ({ annotations: { [ABANDON_MACHINE]: reason } });

function outcome(
  about: ReturnType<typeof user>,
  life: Life,
  { bindings = 0, meta = {} }: { bindings?: number; meta?: object } = {},
): string {
  const departure = depart(about, { workstation: workstation('m', {}, meta), life, bindings });
  if (departure.kind === 'go') return 'go';
  return departure.kind === 'abandon' ? `abandon: ${departure.because}` : departure.message;
}

const leaver = (meta: object = {}, conditions = [] as ReturnType<typeof condition>[]) =>
  user('emo', { workstation: 'm' }, { ...LEAVING, ...meta }, conditions);
const cut = (generation: number, status: 'True' | 'False' = 'True') =>
  leaver({}, [condition('Offboarded', status, 'Cut', '', generation)]);

const WAITS = 'let emo go: the agent of m has not reported the cut yet';
const LOST_WAITS = `let emo go: the agent of m is lost and has not made the cut: bring the machine back, or if it is gone for good: kubectl annotate workstationuser emo ${ABANDON_MACHINE}=REASON`;

describe('somebody who is deleted', () => {
  it.each<[string, string, string]>([
    ['goes who never was on a machine', outcome(user('emo', {}, LEAVING), ALIVE), 'go'],
    ['goes after the cut', outcome(cut(2), ALIVE), 'go'],
    ['goes after the cut, though the agent is lost since', outcome(cut(2), LOST), 'go'],
    ['waits for the cut', outcome(leaver(), ALIVE), WAITS],
    ['waits where the cut was said of what was before the deletion', outcome(cut(1), ALIVE), WAITS],
    ['waits while the cut is not whole', outcome(cut(2, 'False'), ALIVE), WAITS],
    [
      'waits for bindings that are still there',
      outcome(cut(2), ALIVE, { bindings: 2 }),
      'let emo go: 2 bindings are still there: they are being deleted',
    ],
    ['waits for a lost agent, and is told the way out', outcome(leaver(), LOST), LOST_WAITS],
    [
      'is let go from a machine that is gone for good',
      outcome(leaver(because('burnt')), LOST),
      'abandon: burnt',
    ],
    [
      'is let go with all others of a machine that is gone for good',
      outcome(leaver(), LOST, { meta: because(' sold ') }),
      'abandon: sold',
    ],
    ['is not let go without a reason', outcome(leaver(because(' ')), LOST), LOST_WAITS],
    ['is not let go while the agent may live', outcome(leaver(because('burnt')), ALIVE), WAITS],
    [
      'is not let go before it is known that the agent is lost',
      outcome(leaver(because('burnt')), { kind: 'silent' }),
      WAITS,
    ],
  ])('%s', (_, found, expected) => {
    expect(found).toBe(expected);
  });

  it('is let go though the Workstation was deleted too', () => {
    const remains = { workstation: undefined, life: LOST, bindings: 0 };
    expect(depart(leaver(), remains).kind).toBe('wait');
    expect(depart(leaver(because('burnt')), remains)).toEqual({ kind: 'abandon', because: 'burnt' });
  });
});
