/** Writes records without end and names each on standard output: a program to be killed. */
import { ground, record } from './audits.ts';

const [root = '', first = ''] = process.argv.slice(2);
const log = ground(root).open({ limit: 4000, keep: 1000 });
for (let count = Number(first); ; count++) {
  log.write(record(count));
  if (!process.stdout.write(`${count}\n`))
    await new Promise((resolve) => process.stdout.once('drain', resolve));
}
