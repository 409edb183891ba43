/**
 * What jest's own runner does for a test and the one of these tests does not: fail a test that does not end, and one that
 * leaves a promise behind that is rejected with nobody there.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Milliseconds. Longer than the helpers of the tests wait for a condition, so that their sentence is what is seen. */
const DEADLINE = 20_000;

type Body = (...values: readonly unknown[]) => unknown;
type Declare = (name: string, body?: Body, deadline?: number) => void;

// The real ones, as a test may put others in their place.
const { setTimeout, clearTimeout, it: own } = globalThis;

globalThis.it = Object.assign(bounded(own as Declare), own, {
  each: (table: readonly unknown[]) => bounded(own.each(table) as Declare),
}) as jest.It;

function bounded(declare: Declare): Declare {
  return (name, body, deadline = DEADLINE) => {
    declare(name, body && ((...values) => settled(() => body(...values), deadline)));
  };
}

async function settled(body: () => unknown, deadline: number): Promise<void> {
  const { promise: failure, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new Error(`the test did not end within ${deadline / 1000} s`));
  }, deadline);
  process.on('unhandledRejection', reject);
  try {
    await Promise.race([thenATurn(body), failure]);
  } finally {
    process.off('unhandledRejection', reject);
    clearTimeout(timer);
  }
}

/** A promise counts as rejected with nobody there when the turn it was rejected in is over. */
async function thenATurn(body: () => unknown): Promise<void> {
  await body();
  await nextTurn();
}
