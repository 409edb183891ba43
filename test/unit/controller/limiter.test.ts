import * as fc from '../../property.ts';
import {
  BucketLimiter,
  ItemExponentialFailureLimiter,
  MaxOfLimiter,
  defaultControllerLimiter,
} from '../../../src/controller/limiter.ts';
import { FakeClock } from './fake-clock.ts';

describe('per key', () => {
  it('doubles the wait with each failure, up to the maximum, for each key on its own', () => {
    const limiter = new ItemExponentialFailureLimiter(5, 30);
    expect([1, 2, 3, 4, 5].map(() => limiter.when('a'))).toEqual([5, 10, 20, 30, 30]);
    expect([limiter.when('b'), limiter.numRequeues('a'), limiter.numRequeues('b')]).toEqual([5, 5, 1]);
  });

  it('starts over with a key that was forgotten', () => {
    const limiter = new ItemExponentialFailureLimiter(5, 30);
    limiter.when('a');
    limiter.forget('a');
    expect([limiter.numRequeues('a'), limiter.when('a')]).toEqual([0, 5]);
  });

  it('never overflows: after thousands of failures the wait is the maximum', () => {
    const limiter = new ItemExponentialFailureLimiter(Number.MIN_VALUE, 1e9);
    for (let i = 0; i < 3000; i++) limiter.when('a');
    expect(limiter.when('a')).toBe(1e9);
  });

  it.each([
    [0, 1],
    [2, 1],
    [1, Infinity],
    [NaN, 1],
  ])('refuses a base of %p with a maximum of %p', (base, max) => {
    expect(() => new ItemExponentialFailureLimiter(base, max)).toThrow(/give 0 < base <= max, both finite$/);
  });
});

describe('over all keys', () => {
  it('lets a burst pass, then spaces the rest by the rate', () => {
    const limiter = new BucketLimiter(new FakeClock(), 10, 3);
    expect([1, 2, 3, 4, 5].map(() => limiter.when())).toEqual([0, 0, 0, 100, 200]);
    limiter.forget();
    expect([limiter.when(), limiter.numRequeues()]).toEqual([300, 0]);
  });

  it('never lets through more than the burst and what the rate has earned since', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 50 });
    const check = (gaps: number[], burst: number, perSecond: number): void => {
      const clock = new FakeClock();
      const start = clock.now();
      const limiter = new BucketLimiter(clock, perSecond, burst);
      const times = gaps.map((gap) => {
        clock.advance(gap);
        return clock.now() - start + limiter.when();
      });
      times.forEach((time, index) => {
        expect(index + 1).toBeLessThanOrEqual(burst + (time / 1000) * perSecond + 1e-6);
      });
    };
    fc.assert(fc.property(gaps, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 20 }), check));
  });

  it('earns no more than the burst while nothing happens', () => {
    const clock = new FakeClock();
    const limiter = new BucketLimiter(clock, 10, 2);
    clock.advance(1e9);
    expect([limiter.when(), limiter.when(), limiter.when()]).toEqual([0, 0, 100]);
  });

  it.each([
    [0, 1],
    [Infinity, 1],
    [1, 0.5],
    [1, Infinity],
  ])('refuses a rate of %p with a burst of %p', (rate, burst) => {
    expect(() => new BucketLimiter(new FakeClock(), rate, burst)).toThrow(
      /give a rate above 0 and a burst from 1/,
    );
  });
});

describe('the strictest of several', () => {
  it('asks all of them, and takes the longest wait and the highest count', () => {
    const slow = new ItemExponentialFailureLimiter(20, 1000);
    const quick = new ItemExponentialFailureLimiter(5, 1000);
    quick.when('a');
    quick.when('a');
    const limiter = new MaxOfLimiter(slow, quick);
    expect([limiter.when('a'), limiter.when('a')]).toEqual([20, 40]);
    expect([limiter.numRequeues('a'), slow.numRequeues('a')]).toEqual([4, 2]);
    limiter.forget('a');
    expect([slow.numRequeues('a'), quick.numRequeues('a')]).toEqual([0, 0]);
  });

  it('is, by default, 5 ms to 1000 s per key and 10 a second after a burst of 100', () => {
    const limiter = defaultControllerLimiter(new FakeClock());
    const waits = Array.from({ length: 102 }, () => limiter.when('a'));
    expect([waits[0], waits[1], waits[50]]).toEqual([5, 10, 1_000_000]);
    expect([limiter.when('b'), limiter.when('c')]).toEqual([300, 400]);
  });
});
