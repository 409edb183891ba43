import { jest } from '@jest/globals';

/** Milliseconds. Machines and servers on a busy computer need more than the five seconds that jest allows by default. */
jest.setTimeout(180_000);
