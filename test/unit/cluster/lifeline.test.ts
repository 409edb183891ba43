import { Lifelines } from '../../../src/cluster/lifeline.ts';
import { FakeClock } from '../controller/fake-clock.ts';
import { lease } from './objects.ts';

function watched(first?: ReturnType<typeof lease>) {
  const clock = new FakeClock();
  const lifelines = new Lifelines(clock, 10_000);
  lifelines.begin('m', first);
  return { clock, lifelines, kind: () => lifelines.lifeOf('m').kind };
}

describe('an agent', () => {
  it('is unproven by a Lease that was there before anybody looked', () => {
    const { lifelines } = watched(lease('m', 1));
    expect(lifelines.lifeOf('m')).toEqual({ kind: 'unproven', ms: 50_000 });
  });

  it('is alive from a renewal on, whatever time is written in it', () => {
    const { lifelines, kind } = watched(lease('m', 5));
    lifelines.observe('m', lease('m', 1));
    expect(kind()).toBe('alive');
  });

  it('is alive when its Lease comes to be', () => {
    const { lifelines, kind } = watched();
    lifelines.observe('m', lease('m', 1));
    expect(kind()).toBe('alive');
  });

  it('is not alive by a Lease that changed in nothing that a renewal changes', () => {
    const { lifelines, kind } = watched(lease('m', 1));
    lifelines.observe('m', { ...lease('m', 1), metadata: { name: 'm', resourceVersion: '9' } });
    expect(kind()).toBe('unproven');
  });

  it('is silent after the duration of its Lease and the grace period, and not before', () => {
    const { clock, lifelines, kind } = watched(lease('m', 1, 5));
    clock.advance(10_000);
    lifelines.observe('m', lease('m', 2, 5));
    clock.advance(14_999);
    expect(lifelines.lifeOf('m')).toEqual({ kind: 'alive', ms: 1 });
    clock.advance(1);
    expect(kind()).toBe('silent');
  });

  it('is lost once the API server has no newer Lease either', () => {
    const { clock, lifelines } = watched(lease('m', 1));
    lifelines.confirm('m', lease('m', 1));
    expect(lifelines.lifeOf('m').kind).toBe('unproven');
    clock.advance(50_000);
    lifelines.confirm('m', lease('m', 1));
    expect(lifelines.lifeOf('m')).toEqual({ kind: 'lost', seen: true });
  });

  it('is alive where only the watch was silent', () => {
    const { clock, lifelines, kind } = watched(lease('m', 1));
    clock.advance(50_000);
    lifelines.confirm('m', lease('m', 2));
    expect(kind()).toBe('alive');
  });

  it('comes back with a renewal', () => {
    const { clock, lifelines, kind } = watched(lease('m', 1));
    clock.advance(50_000);
    lifelines.confirm('m', lease('m', 1));
    lifelines.observe('m', lease('m', 2));
    expect(kind()).toBe('alive');
  });

  it('is lost, never seen, where there is no Lease for as long', () => {
    const { clock, lifelines } = watched();
    clock.advance(50_000);
    lifelines.confirm('m', undefined);
    expect(lifelines.lifeOf('m')).toEqual({ kind: 'lost', seen: false });
  });

  it('whose Lease is deleted is unproven, and silent in the end', () => {
    const { clock, lifelines, kind } = watched(lease('m', 1));
    lifelines.observe('m', lease('m', 2));
    lifelines.observe('m', undefined);
    expect(kind()).toBe('unproven');
    clock.advance(50_000);
    expect(kind()).toBe('silent');
  });

  it('is not looked at anew by beginning again', () => {
    const { clock, lifelines, kind } = watched(lease('m', 1));
    clock.advance(50_000);
    lifelines.begin('m', lease('m', 1));
    expect(kind()).toBe('silent');
    lifelines.forget('m');
    lifelines.begin('m', lease('m', 1));
    expect(kind()).toBe('unproven');
  });
});
