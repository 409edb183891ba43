import { Settling } from '../../../../src/host/units/settling.ts';
import type { LoadedUnit } from '../../../../src/host/units/systemctl.ts';

const MOVING: LoadedUnit = { active: 'activating', isMoving: true };
const ACTIVE: LoadedUnit = { active: 'active', isMoving: false };

/** systemd gives these answers in turn, the last one for ever; time passes only while somebody sleeps. */
function staged(...answers: (Record<string, LoadedUnit> | Error)[]) {
  let now = 0;
  const asked: (readonly string[])[] = [];
  const pauses: number[] = [];
  const list = (units: readonly string[]) => {
    asked.push(units);
    const answer = answers[Math.min(asked.length, answers.length) - 1] ?? {};
    return answer instanceof Error
      ? Promise.reject(answer)
      : Promise.resolve(new Map(Object.entries(answer)));
  };
  const sleep = (ms: number) => {
    pauses.push(ms);
    now += ms;
    return Promise.resolve();
  };
  return { settling: new Settling({ list }, { limit: 1000, now: () => now, sleep }), asked, pauses };
}

describe('waiting for units', () => {
  it('ends for each of them when that one is settled', async () => {
    const { settling, asked } = staged(
      { a: ACTIVE, b: MOVING },
      { b: MOVING },
      { b: { active: 'failed', isMoving: false } },
    );
    const [a, b] = [settling.wait('a'), settling.wait('b')];
    expect(await a).toEqual({ kind: 'settled', active: 'active' });
    expect(await b).toEqual({ kind: 'settled', active: 'failed' });
    expect(asked).toEqual([['a', 'b'], ['b'], ['b']]);
  });

  it('finds a unit that is not loaded inactive', async () => {
    expect(await staged({}).settling.wait('a')).toEqual({ kind: 'settled', active: 'inactive' });
  });

  it('ends at the limit, after fewer and fewer questions', async () => {
    const { settling, pauses } = staged({ a: MOVING });
    expect(await settling.wait('a')).toEqual({ kind: 'late', active: 'activating' });
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 320, 500]);
  });

  it('answers everybody who waits for one unit, and asks again for who comes later', async () => {
    const { settling, asked } = staged({ a: ACTIVE });
    expect(await Promise.all([settling.wait('a'), settling.wait('a')])).toHaveLength(2);
    expect(asked).toHaveLength(1);
    await settling.wait('a');
    expect(asked).toHaveLength(2);
  });

  it('fails when systemd does not answer, and starts anew after that', async () => {
    const { settling } = staged(new Error('no bus'), { a: ACTIVE });
    await expect(settling.wait('a')).rejects.toThrow('no bus');
    expect(await settling.wait('a')).toEqual({ kind: 'settled', active: 'active' });
  });
});
