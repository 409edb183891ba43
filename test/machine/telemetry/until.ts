import { setTimeout } from 'node:timers/promises';

/** Waits until `condition` holds. Throws after half a minute. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > deadline)
      throw new Error(`waiting for ${condition.toString()}: not so within half a minute`);
    await setTimeout(50);
  }
}
