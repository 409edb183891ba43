import { jest } from '@jest/globals';
import { realClock } from '../../../src/controller/clock.ts';

const DAY = 86_400_000;

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

it('fires after a delay that is longer than setTimeout can count, and not before', () => {
  const fn = jest.fn();
  realClock.setTimer(fn, 60 * DAY);
  jest.advanceTimersByTime(60 * DAY - 1);
  expect(fn).not.toHaveBeenCalled();
  jest.advanceTimersByTime(1);
  expect(fn).toHaveBeenCalledTimes(1);
});

it('can be called off, even after part of a long delay', () => {
  const fn = jest.fn();
  const cancel = realClock.setTimer(fn, 60 * DAY);
  jest.advanceTimersByTime(30 * DAY);
  cancel();
  jest.advanceTimersByTime(60 * DAY);
  expect([fn.mock.calls.length, jest.getTimerCount()]).toEqual([0, 0]);
});

it('rounds a fraction of a millisecond up, so that what is due is due when it fires', () => {
  const fn = jest.fn();
  realClock.setTimer(fn, 1.2);
  jest.advanceTimersByTime(1);
  expect(fn).not.toHaveBeenCalled();
  jest.advanceTimersByTime(1);
  expect(fn).toHaveBeenCalledTimes(1);
});

it('does not follow the wall clock when that is set', () => {
  const before = realClock.now();
  jest.setSystemTime(0);
  expect(realClock.now() - before).toBeLessThan(1000);
  expect(realClock.now()).toBeGreaterThanOrEqual(before);
});

it('keeps the process alive while it waits', () => {
  jest.useRealTimers();
  const ref = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = ref();
  const cancel = realClock.setTimer(() => {}, DAY);
  expect(ref()).toBe(before + 1);
  cancel();
  expect(ref()).toBe(before);
});
