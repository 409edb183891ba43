/** Watches the machine at the root that is its argument, and prints each hint and each sentence as a line of JSON. */
import type { Watched } from '../../../src/host/watch/hint.ts';
import { watchMachine } from '../../../src/host/watch/machine.ts';

const [, , root = '/', watched = ''] = process.argv;

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

const watch = watchMachine({ root, watched: JSON.parse(watched) as Watched, onTrouble: print }, print);
print('watching');
process.stdin.resume().on('end', () => void watch.close());
