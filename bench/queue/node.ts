/** The same script as go/main.go, over our queue. Arguments and output are described in run.ts. */
import { WorkQueue } from '../../src/controller/queue.ts';
import type { Script } from './run.ts';

const script = JSON.parse(process.argv[2] ?? '') as Script;
const keys = makeKeys(script.Keys);
await measure('add', script.Keys, addAll);
await measure('re-add', script.Hot * script.Rounds, readd);
await measure('get+done', script.Keys, takeAll);
await measure('await get+done', script.Keys, awaitAll);
await measure('addAfter+drain', script.Delayed, delayed);

/** Prepares a step untimed, then times it. */
async function measure(step: string, operations: number, prepare: () => () => void | Promise<void>) {
  const run = prepare();
  const start = performance.now();
  await run();
  const seconds = (performance.now() - start) / 1000;
  process.stdout.write(`${JSON.stringify({ step, operations, seconds })}\n`);
}

function addAll() {
  const queue = new WorkQueue();
  return () => {
    for (const key of keys) queue.add(key);
  };
}

function readd() {
  const queue = filled(makeKeys(script.Hot));
  // Equal strings, but not the same ones: a key comes out of a watch event, not out of the queue.
  const again = makeKeys(script.Hot);
  return () => {
    for (let round = 0; round < script.Rounds; round++) {
      for (const key of again) queue.add(key);
    }
  };
}

function takeAll() {
  const queue = filled(keys);
  return () => {
    for (let key = queue.tryGet(); key !== undefined; key = queue.tryGet()) queue.done(key);
  };
}

function awaitAll() {
  const queue = filled(keys);
  return async () => {
    for (let left = keys.length; left > 0; left--) queue.done((await queue.get()) ?? '');
  };
}

function delayed() {
  const queue = new WorkQueue();
  return async () => {
    for (let i = 0; i < script.Delayed; i++) queue.addAfter(keys[i]!, 1 + (i % script.LongestDelay));
    for (let left = script.Delayed; left > 0; left--) {
      queue.done(queue.tryGet() ?? (await queue.get()) ?? '');
    }
  };
}

function filled(keys: readonly string[]): WorkQueue {
  const queue = new WorkQueue();
  for (const key of keys) queue.add(key);
  return queue;
}

function makeKeys(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `user-${i}`);
}
