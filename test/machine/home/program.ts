/** A program that works in homes until it is killed. Its argument is where the machine's `/` is. */
import { writeSync } from 'node:fs';
import { Homes } from '../../../src/host/home/homes.ts';
import { ada } from './ground.ts';

const homes = new Homes({ root: process.argv[2] ?? '' });
await homes.observe(ada, []);
writeSync(1, 'ready\n');
